-- {app} finds and takes identifiers within one clinic; {follow} removes those of whoever was erased.

REVOKE ALL ON identifiers FROM PUBLIC;
GRANT SELECT, INSERT ON identifiers TO {app};
GRANT SELECT, INSERT, DELETE ON identifiers TO {follow};
ALTER TABLE identifiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE identifiers FORCE ROW LEVEL SECURITY;
-- Without a tenant current_setting fails, which is louder than an empty answer.
CREATE POLICY own_tenant ON identifiers TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid)
  WITH CHECK (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON identifiers TO {follow} USING (true) WITH CHECK (true);
