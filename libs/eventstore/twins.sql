-- What makes the twin of a table in another schema, statement by statement, in order: the same
-- columns, keys, indexes, policies and rights under the same names, whatever migrations have made
-- of it since. Written from PostgreSQL's own catalogue, so that no second description can drift.
WITH twin AS (
  SELECT c.oid, c.relname, c.relacl, c.relowner, c.reloptions, c.relrowsecurity,
    c.relforcerowsecurity, format('%I.%I', n.nspname, c.relname) AS original,
    format('%I.%I', CAST(:other AS text), c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = :schema AND c.relname = :table
)
SELECT statement FROM (
  SELECT 1 AS step,
    format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES)', name, original) AS statement
  FROM twin
UNION ALL
  SELECT 2, format('ALTER TABLE %s SET (%s)', name, array_to_string(reloptions, ', '))
  FROM twin WHERE reloptions IS NOT NULL
UNION ALL
  SELECT 3, format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(k.oid))
  FROM twin JOIN pg_constraint k ON k.conrelid = twin.oid WHERE contype IN ('p', 'u', 'x')
UNION ALL
  -- LIKE would choose new names, and the next migration would not find the old ones.
  SELECT 4, replace(pg_get_indexdef(indexrelid), format(' ON %s ', original),
    format(' ON %s ', name))
  FROM twin JOIN pg_index i ON i.indrelid = twin.oid
  WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
UNION ALL
  SELECT 5, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name) FROM twin WHERE relrowsecurity
UNION ALL
  SELECT 5, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name)
  FROM twin WHERE relforcerowsecurity
UNION ALL
  SELECT 6, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', policyname, name, permissive, cmd,
      (SELECT string_agg(quote_ident(role), ', ') FROM unnest(roles) AS role))
    || coalesce(' USING (' || qual || ')', '')
    || coalesce(' WITH CHECK (' || with_check || ')', '')
  FROM twin JOIN pg_policies ON schemaname = :schema AND tablename = relname
UNION ALL
  SELECT 7, format('GRANT %s ON %s TO %I', privilege_type, name, grantee::regrole)
  FROM twin, aclexplode(relacl) WHERE grantee NOT IN (0, relowner)
) AS made ORDER BY step
