-- How far readers have come is written by {reader} alone, who goes through all clinics in one
-- statement. {app} asks about streams of one clinic at a time, and has no business with what was
-- parked. See `progress.sql`.

REVOKE ALL ON positions, applied, parked, dismissed FROM PUBLIC, {app};
GRANT SELECT ON applied TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON positions, applied, parked TO {reader};
GRANT SELECT, INSERT ON dismissed TO {reader};

ALTER TABLE applied ENABLE ROW LEVEL SECURITY;
ALTER TABLE applied FORCE ROW LEVEL SECURITY;
ALTER TABLE parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE parked FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON applied FOR SELECT TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON applied TO {reader} USING (true) WITH CHECK (true);
CREATE POLICY every_tenant ON parked TO {reader} USING (true) WITH CHECK (true);

-- How many of these streams were applied so far; in one round trip with the tenant.
CREATE FUNCTION count_reached(
  of_reader text, of_tenant uuid, of_stream text[], at_least int[]
) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('interlude.tenant', of_tenant::text, true);
  RETURN (
    SELECT count(*)
    FROM unnest(of_stream, at_least) AS wanted (stream, least_version)
    JOIN applied a ON a.stream_id = wanted.stream AND a.version >= wanted.least_version
    WHERE a.reader = of_reader AND a.tenant_id = of_tenant);
END
$$;
REVOKE ALL ON FUNCTION count_reached FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_reached TO {app};
