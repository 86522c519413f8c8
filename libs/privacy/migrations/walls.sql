-- Two roles instead of one: {writer} is care's, which alone makes keys and destroys them; everybody
-- else reads them as {reader}. Neither sees a key of another clinic than it has named.

-- Without a tenant current_setting fails, which is louder than an empty answer.
ALTER TABLE subject_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON subject_keys TO {reader}, {writer}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);

REVOKE ALL ON subject_keys FROM PUBLIC, {reader};
GRANT SELECT ON subject_keys TO {reader};
GRANT SELECT, INSERT, UPDATE (wrapped, destroyed_at) ON subject_keys TO {writer};

-- The tenant is set in the call that needs it: a round trip each. With the caller's own rights.

CREATE FUNCTION find_keys(
  of_tenant uuid, of_subject uuid[], of_class text[], of_generation int[]
) RETURNS TABLE (subject_id uuid, class text, generation int, wrapped bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN QUERY
    SELECT k.subject_id, k.class, k.generation, k.wrapped
    FROM unnest(of_subject, of_class, of_generation) AS wanted (subject_id, class, generation)
    JOIN subject_keys k USING (subject_id, class, generation)
    WHERE k.tenant_id = of_tenant;
END
$$;

-- How many of the subject's keys stand afterwards: the rest were destroyed, and stay so.
CREATE FUNCTION create_keys(
  of_tenant uuid, of_subject uuid, a_class text[], a_wrapped bytea[]
) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  INSERT INTO subject_keys (tenant_id, subject_id, class, generation, wrapped)
  SELECT of_tenant, of_subject, made.class, 1, made.wrapped
  FROM unnest(a_class, a_wrapped) AS made (class, wrapped)
  ON CONFLICT DO NOTHING;
  RETURN (
    SELECT count(*) FROM subject_keys k
    WHERE k.tenant_id = of_tenant AND k.subject_id = of_subject AND k.wrapped IS NOT NULL);
END
$$;

CREATE FUNCTION destroy_keys(of_tenant uuid, of_subject uuid, a_class text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  INSERT INTO subject_keys (tenant_id, subject_id, class, generation, wrapped, destroyed_at)
  SELECT of_tenant, of_subject, doomed.class, coalesce(made.generation, 1), NULL, clock_timestamp()
  FROM unnest(a_class) AS doomed (class)
  LEFT JOIN subject_keys made
    ON (made.tenant_id, made.subject_id, made.class) = (of_tenant, of_subject, doomed.class)
  ON CONFLICT (tenant_id, subject_id, class, generation)
  DO UPDATE SET wrapped = NULL, destroyed_at = EXCLUDED.destroyed_at
  WHERE subject_keys.destroyed_at IS NULL;
END
$$;

REVOKE ALL ON FUNCTION find_keys, create_keys, destroy_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_keys TO {reader}, {writer};
GRANT EXECUTE ON FUNCTION create_keys, destroy_keys TO {writer};
