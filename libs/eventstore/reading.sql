-- Reading in one round trip: the tenant is set in the same call that reads.
-- `data` leaves as text, so that no driver's idea of JSON can touch the bytes.

CREATE FUNCTION read_stream(of_tenant uuid, of_stream text, after_version int)
RETURNS TABLE (
  event_id uuid, version int, type text, subject_id uuid, actor_id uuid, actor_role text,
  on_behalf_of uuid, correlation_id uuid, causation_id uuid, traceparent text,
  occurred_at timestamptz, zone text, recorded_at timestamptz, data text, chain bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN QUERY
    SELECT e.event_id, e.version, e.type, e.subject_id, e.actor_id, e.actor_role,
      e.on_behalf_of, e.correlation_id, e.causation_id, e.traceparent,
      e.occurred_at, e.zone, e.recorded_at, e.data::text, e.chain
    FROM events e
    WHERE e.tenant_id = of_tenant AND e.stream_id = of_stream AND e.version > after_version
    ORDER BY e.version;
END
$$;

-- One statement, so one snapshot, of the key's record and of what came after: always at least one
-- row; the record is repeated in each, `event_id` is null when nothing came after.
CREATE FUNCTION settle_stream(
  of_tenant uuid, of_stream text, after_version int, of_scope text, of_key text)
RETURNS TABLE (
  fingerprint bytea, answer bytea,
  event_id uuid, version int, type text, subject_id uuid, actor_id uuid, actor_role text,
  on_behalf_of uuid, correlation_id uuid, causation_id uuid, traceparent text,
  occurred_at timestamptz, zone text, recorded_at timestamptz, data text, chain bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN QUERY
    SELECT i.fingerprint, i.answer,
      e.event_id, e.version, e.type, e.subject_id, e.actor_id, e.actor_role,
      e.on_behalf_of, e.correlation_id, e.causation_id, e.traceparent,
      e.occurred_at, e.zone, e.recorded_at, e.data::text, e.chain
    FROM (SELECT) AS always
    LEFT JOIN idempotency i
      ON i.tenant_id = of_tenant AND i.scope = of_scope AND i.key = of_key
    LEFT JOIN events e
      ON e.tenant_id = of_tenant AND e.stream_id = of_stream AND e.version > after_version
    ORDER BY e.version;
END
$$;

-- Forgets at most `most` answers that have outlived the promise; the caller's policy says which.
CREATE FUNCTION purge_idempotency(most int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  purged int;
BEGIN
  DELETE FROM idempotency
  WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency WHERE created_at < now() - interval '7 days' LIMIT most));
  GET DIAGNOSTICS purged = ROW_COUNT;
  RETURN purged;
END
$$;

REVOKE ALL ON FUNCTION read_stream, settle_stream, purge_idempotency FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read_stream, settle_stream TO {app};
GRANT EXECUTE ON FUNCTION purge_idempotency TO {relay};
