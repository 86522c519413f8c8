-- The audit of one service, in a schema of its own, so that it can be kept for longer, saved
-- elsewhere and shown to others than what it is about. {app} adds to it, and sees one clinic's;
-- {auditor} sees everything. Nobody changes anything, the owner neither.

CREATE TABLE {schema}.records (
  -- One run of a process, which numbers what it writes from 1, without a gap.
  writer         uuid NOT NULL,
  number         bigint NOT NULL CHECK (number > 0),
  tenant_id      uuid NOT NULL,
  recorded_at    timestamptz NOT NULL,
  host           text NOT NULL,
  person_id      uuid NOT NULL,
  -- Codes, all of them: what is no code does not come in here.
  role           text NOT NULL CHECK (role ~ '^[a-z0-9_+]{1,100}$'),
  on_behalf_of   uuid,
  verb           text NOT NULL CHECK (verb ~ '^[a-z0-9]{1,20}$'),
  action         text NOT NULL CHECK (action ~ '^[A-Za-z0-9+]+$'),
  thing_id       uuid,
  patients       uuid[] NOT NULL,
  -- Of each patient, in the same order; without a patient one; of a refusal none.
  reasons        text[] NOT NULL,
  outcome        text NOT NULL CHECK (outcome ~ '^[a-z0-9-]{1,100}$'),
  client         text NOT NULL CHECK (client ~ '^[!-~]{0,100}$'),
  correlation_id uuid NOT NULL,
  link           bytea NOT NULL,
  PRIMARY KEY (writer, number)
);
CREATE INDEX records_of_person ON {schema}.records (tenant_id, person_id, recorded_at);

-- The same by patient: `patients` of a record, found in the order of time.
CREATE TABLE {schema}.whose (
  tenant_id   uuid NOT NULL,
  patient_id  uuid NOT NULL,
  recorded_at timestamptz NOT NULL,
  -- Tells two of one moment apart, and says nothing to a patient who is shown it.
  link        bytea NOT NULL,
  writer      uuid NOT NULL,
  number      bigint NOT NULL,
  reason      text,
  PRIMARY KEY (tenant_id, patient_id, recorded_at, link)
);
-- What a patient is shown: mostly they look themselves, and that is not what they ask for.
CREATE INDEX whose_looks ON {schema}.whose (tenant_id, patient_id, recorded_at, link)
  WHERE reason <> 'self';

ALTER TABLE {schema}.records ENABLE ROW LEVEL SECURITY;
ALTER TABLE {schema}.records FORCE ROW LEVEL SECURITY;
ALTER TABLE {schema}.whose ENABLE ROW LEVEL SECURITY;
ALTER TABLE {schema}.whose FORCE ROW LEVEL SECURITY;
-- Without a tenant current_setting fails, which is louder than an empty answer.
CREATE POLICY own_tenant ON {schema}.records TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY own_tenant ON {schema}.whose TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON {schema}.records FOR SELECT TO {auditor} USING (true);
CREATE POLICY every_tenant ON {schema}.whose FOR SELECT TO {auditor} USING (true);

REVOKE ALL ON {schema}.records, {schema}.whose FROM PUBLIC;
GRANT SELECT, INSERT ON {schema}.records, {schema}.whose TO {app};
GRANT SELECT ON {schema}.records, {schema}.whose TO {auditor};

-- A superuser, and the owner with TRUNCATE, pass the walls: this says no to them as well, until
-- they take it away, which somebody sees.
CREATE FUNCTION {schema}.stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was recorded stays' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.records
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.stays();
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.whose
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.stays();

-- Several records of one writer in one round trip, all or none. Lists of a record come as text:
-- arrays of arrays must be of one length.
CREATE FUNCTION {schema}.write_records(
  of_writer uuid, of_host text,
  r_number bigint[], r_at timestamptz[], r_tenant uuid[], r_person uuid[], r_role text[],
  r_behalf uuid[], r_verb text[], r_action text[], r_thing uuid[], r_patients text[],
  r_reasons text[], r_outcome text[], r_client text[], r_correlation uuid[], r_link bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  this uuid;
BEGIN
  FOR this IN SELECT DISTINCT t FROM unnest(r_tenant) AS t LOOP
    PERFORM set_config('interlude.tenant', this::text, true);
    WITH told AS (
      INSERT INTO {schema}.records (
        writer, number, recorded_at, host, tenant_id, person_id, role, on_behalf_of, verb, action,
        thing_id, patients, reasons, outcome, client, correlation_id, link)
      SELECT of_writer, r.number, r.at, of_host, this, r.person, r.role, r.behalf, r.verb, r.action,
        r.thing, r.patients::uuid[], r.reasons::text[], r.outcome, r.client, r.correlation, r.link
      FROM unnest(r_number, r_at, r_tenant, r_person, r_role, r_behalf, r_verb, r_action, r_thing,
        r_patients, r_reasons, r_outcome, r_client, r_correlation, r_link)
        AS r (number, at, tenant, person, role, behalf, verb, action, thing,
        patients, reasons, outcome, client, correlation, link)
      WHERE r.tenant = this
      RETURNING tenant_id, recorded_at, link, writer, number, patients, reasons)
    INSERT INTO {schema}.whose (
      tenant_id, patient_id, recorded_at, link, writer, number, reason)
    SELECT told.tenant_id, p.patient, told.recorded_at, told.link, told.writer, told.number, p.reason
    FROM told, unnest(told.patients, told.reasons) AS p (patient, reason)
    WHERE p.patient IS NOT NULL;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION {schema}.write_records FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {schema}.write_records TO {app};
