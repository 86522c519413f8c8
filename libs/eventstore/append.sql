-- Appending in one round trip: the events, their outbox rows, the streams' versions (compare and
-- set) and the idempotency records, all or none of each element.
--
-- An empty result means that all won. Otherwise a row per element that did not, by its number:
--   1 wrong version   `version` is the actual one; the key was not used up. When it equals the
--                     expected one, the key's record was purged under our hands: look again
--   2 answered before `answer` is the stored one
--   3 key reused      the key is known with another request
--
-- Locks are taken in one order by every caller: by tenant, its keys before its streams, each
-- sorted; so callers whose streams overlap wait, and never for each other. One pass of
-- INSERT … ON CONFLICT over new and existing streams together keeps that order; SELECT … FOR UPDATE
-- followed by INSERT did not, for INSERT … ON CONFLICT waits for an uncommitted update of the row.
-- Needs READ COMMITTED: what a twin committed while we waited must be seen by the next statement.

-- The caller gives each stream, and each key of a scope, at most once.
CREATE FUNCTION append_many(
  a_tenant uuid[], a_stream text[], a_expected int[], a_version int[], a_head bytea[],
  a_recorded_at timestamptz[], a_scope text[], a_key text[], a_fingerprint bytea[],
  a_answer bytea[],
  e_append int[], e_version int[], e_id uuid[], e_type text[], e_subject uuid[], e_actor uuid[],
  e_role text[], e_behalf uuid[], e_correlation uuid[], e_causation uuid[], e_trace text[],
  e_occurred timestamptz[], e_zone text[], e_recorded timestamptz[], e_data text[], e_chain bytea[]
) RETURNS TABLE (element int, outcome smallint, version int, answer bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  this uuid;
  free int[];  -- elements whose key was not known, or that have none
  won  int[];
BEGIN
  FOR this IN SELECT DISTINCT t FROM unnest(a_tenant) AS t ORDER BY t LOOP
    PERFORM set_config('interlude.tenant', this::text, true);

    WITH a AS MATERIALIZED (
      SELECT * FROM unnest(a_tenant, a_scope, a_key, a_fingerprint, a_answer)
        WITH ORDINALITY AS a (tenant, scope, key, fingerprint, answer, element)
      WHERE a.tenant = this),
    k AS (
      INSERT INTO idempotency (tenant_id, scope, key, fingerprint, answer)
      SELECT a.tenant, a.scope, a.key, a.fingerprint, a.answer
      FROM a WHERE a.key IS NOT NULL ORDER BY a.scope, a.key
      ON CONFLICT DO NOTHING RETURNING scope, key)
    SELECT array_agg(a.element::int) INTO free
    FROM a LEFT JOIN k ON k.scope = a.scope AND k.key = a.key
    WHERE a.key IS NULL OR k.key IS NOT NULL;

    -- A row whose version is not the expected one fails the WHERE and is not returned. An append
    -- without events leaves the head as it is.
    WITH a AS MATERIALIZED (
      SELECT * FROM unnest(a_stream, a_expected, a_version, a_head, a_recorded_at)
        WITH ORDINALITY AS a (stream, expected, version, head, recorded_at, element)
      WHERE a.element = ANY (free)),
    s AS (
      INSERT INTO streams AS t (tenant_id, stream_id, version, prev_version, head, recorded_at)
      SELECT this, a.stream, a.version, a.expected, a.head, a.recorded_at FROM a
      WHERE a.expected = 0
        OR EXISTS (SELECT FROM streams x WHERE x.tenant_id = this AND x.stream_id = a.stream)
      ORDER BY a.stream
      ON CONFLICT (tenant_id, stream_id) DO UPDATE SET
        version = EXCLUDED.version, prev_version = EXCLUDED.prev_version,
        head = CASE WHEN EXCLUDED.version = t.version THEN t.head ELSE EXCLUDED.head END,
        recorded_at = coalesce(EXCLUDED.recorded_at, t.recorded_at)
      WHERE t.version = EXCLUDED.prev_version RETURNING t.stream_id)
    SELECT array_agg(a.element::int) INTO won FROM s JOIN a ON a.stream = s.stream_id;

    WITH recorded AS (
      INSERT INTO events (
        event_id, tenant_id, stream_id, version, type, subject_id, actor_id, actor_role,
        on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone, recorded_at,
        data, chain)
      SELECT e.id, this, a_stream[e.append], e.version, e.type, e.subject, e.actor, e.role,
        e.behalf, e.correlation, e.causation, e.trace, e.occurred, e.zone, e.recorded,
        e.data::json, e.chain
      FROM unnest(e_append, e_version, e_id, e_type, e_subject, e_actor, e_role, e_behalf,
        e_correlation, e_causation, e_trace, e_occurred, e_zone, e_recorded, e_data, e_chain)
        AS e (append, version, id, type, subject, actor, role, behalf,
        correlation, causation, trace, occurred, zone, recorded, data, chain)
      WHERE e.append = ANY (won) ORDER BY e.append, e.version
      RETURNING position)
    INSERT INTO outbox (position) SELECT position FROM recorded;

    IF cardinality(won) = (SELECT count(*) FROM unnest(a_tenant) AS t WHERE t = this) THEN
      CONTINUE;
    END IF;

    RETURN QUERY
      SELECT a.element::int,
        (CASE WHEN i.key IS NULL THEN 1 WHEN i.fingerprint = a.fingerprint THEN 2 ELSE 3 END)
          ::smallint,
        a.expected, CASE WHEN i.fingerprint = a.fingerprint THEN i.answer END
      FROM unnest(a_tenant, a_expected, a_scope, a_key, a_fingerprint)
        WITH ORDINALITY AS a (tenant, expected, scope, key, fingerprint, element)
      LEFT JOIN idempotency i ON i.tenant_id = this AND i.scope = a.scope AND i.key = a.key
      WHERE a.tenant = this AND a.element <> ALL (coalesce(free, '{}'));

    DELETE FROM idempotency i
    USING unnest(a_scope, a_key) WITH ORDINALITY AS a (scope, key, element)
    WHERE a.element = ANY (free) AND a.element <> ALL (coalesce(won, '{}'))
      AND i.tenant_id = this AND i.scope = a.scope AND i.key = a.key;

    RETURN QUERY
      SELECT a.element::int, 1::smallint, coalesce(s.version, 0), NULL::bytea
      FROM unnest(a_stream) WITH ORDINALITY AS a (stream, element)
      LEFT JOIN streams s ON s.tenant_id = this AND s.stream_id = a.stream
      WHERE a.element = ANY (free) AND a.element <> ALL (coalesce(won, '{}'));
  END LOOP;
END
$$;

-- The same for one fact alone: an idle process has no company and need not pay for it. Plain values
-- cost the server and the caller a fifth less than arrays of one.
CREATE FUNCTION append_one(
  a_tenant uuid, a_stream text, a_expected int, a_scope text, a_key text, a_fingerprint bytea,
  a_answer bytea,
  e_version int, e_id uuid, e_type text, e_subject uuid, e_actor uuid,
  e_role text, e_behalf uuid, e_correlation uuid, e_causation uuid, e_trace text,
  e_occurred timestamptz, e_zone text, e_recorded timestamptz, e_data text, e_chain bytea
) RETURNS TABLE (element int, outcome smallint, version int, answer bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  drawn bigint;
BEGIN
  PERFORM set_config('interlude.tenant', a_tenant::text, true);

  IF a_key IS NOT NULL THEN
    INSERT INTO idempotency (tenant_id, scope, key, fingerprint, answer)
    VALUES (a_tenant, a_scope, a_key, a_fingerprint, a_answer) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN QUERY
        SELECT 1, (CASE WHEN i.fingerprint = a_fingerprint THEN 2 ELSE 3 END)::smallint,
          a_expected, CASE WHEN i.fingerprint = a_fingerprint THEN i.answer END
        FROM idempotency i WHERE i.tenant_id = a_tenant AND i.scope = a_scope AND i.key = a_key;
      IF NOT FOUND THEN
        RETURN QUERY SELECT 1, 1::smallint, a_expected, NULL::bytea;
      END IF;
      RETURN;
    END IF;
  END IF;

  IF a_expected = 0 THEN
    INSERT INTO streams AS t (tenant_id, stream_id, version, prev_version, head, recorded_at)
    VALUES (a_tenant, a_stream, e_version, 0, e_chain, e_recorded)
    ON CONFLICT (tenant_id, stream_id) DO UPDATE SET
      version = EXCLUDED.version, prev_version = 0, head = EXCLUDED.head,
      recorded_at = EXCLUDED.recorded_at
    WHERE t.version = 0;
  ELSE
    UPDATE streams t SET version = e_version, prev_version = a_expected, head = e_chain,
      recorded_at = e_recorded
    WHERE t.tenant_id = a_tenant AND t.stream_id = a_stream AND t.version = a_expected;
  END IF;

  IF NOT FOUND THEN
    DELETE FROM idempotency i
    WHERE i.tenant_id = a_tenant AND i.scope = a_scope AND i.key = a_key;
    RETURN QUERY SELECT 1, 1::smallint, coalesce((
      SELECT s.version FROM streams s WHERE s.tenant_id = a_tenant AND s.stream_id = a_stream), 0),
      NULL::bytea;
    RETURN;
  END IF;

  INSERT INTO events (
    event_id, tenant_id, stream_id, version, type, subject_id, actor_id, actor_role,
    on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone, recorded_at,
    data, chain)
  VALUES (
    e_id, a_tenant, a_stream, e_version, e_type, e_subject, e_actor, e_role,
    e_behalf, e_correlation, e_causation, e_trace, e_occurred, e_zone, e_recorded,
    e_data::json, e_chain)
  RETURNING position INTO drawn;
  INSERT INTO outbox (position) VALUES (drawn);
END
$$;

REVOKE ALL ON FUNCTION append_many, append_one FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_many, append_one TO {app};
