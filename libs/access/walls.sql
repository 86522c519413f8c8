-- What is known of other services' facts is written by {writer} alone, who goes through all clinics in
-- one statement; {app} sees one clinic's, whatever it asks.

REVOKE ALL ON {table} FROM PUBLIC, {app};
GRANT SELECT ON {table} TO {app};
GRANT SELECT, INSERT, UPDATE ON {table} TO {writer};
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
-- Without a tenant current_setting fails, which is louder than an empty answer.
CREATE POLICY own_tenant ON {table} FOR SELECT TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON {table} TO {writer} USING (true) WITH CHECK (true);
