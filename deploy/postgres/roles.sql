-- Who may do what in Interlude's one database: a schema per service, and roles that reach no other.
--
-- A superuser runs this in the target database, as often as wanted. It sets no passwords: on a
-- laptop everybody on the loopback address is trusted; elsewhere the operator gives each role one
-- (ALTER ROLE … PASSWORD) or lets a proxy or certificates answer for them.
--
--   S_owner         owns the schema and its tables; only migrations use it
--   S_app           serves requests, of one clinic at a time
--   S_follow        follows the other services: all that S_app may, and keeps what is known of them
--   S_clock         sees to what time alone changes: all that S_app may, and when it looks again
--   S_relay         reads the outbox of every tenant and deletes what was published
--   S_auditor       reads S's audit of every tenant, and nothing else
--   *_projector     writes the read models of every tenant
--   *_analytics     derives what analysts may see, and publishes it
--   keyring_app     reads the keys of one clinic at a time, for whoever seals or opens
--   keyring_writer  care's: also makes keys, and destroys them
--   keyring_rotator the operator's: wraps the keys of all clinics anew, and begins newer ones
--
-- Rights on single tables stand beside the tables, in the migrations.

DO $$
DECLARE
  service text;
  member text;
  members constant jsonb := '{
    "care":       ["app", "relay", "follow", "auditor"],
    "assignment": ["app", "relay", "follow", "clock", "auditor"],
    "diary":      ["app", "relay", "follow", "auditor"],
    "review":     ["app", "relay", "follow", "auditor"],
    "gateway":    ["app", "projector", "analytics", "auditor"],
    "keyring":    ["app", "writer", "rotator"],
    "broker":     ["app"]
  }';
BEGIN
  -- Two databases of one server may be made ready at the same time, and roles are the server's:
  -- an advisory lock would hold within one database only.
  LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE;

  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  REVOKE ALL ON SCHEMA public FROM PUBLIC;

  FOR service IN SELECT jsonb_object_keys(members) LOOP
    FOR member IN
      SELECT service || '_owner'
      UNION ALL
      SELECT service || '_' || jsonb_array_elements_text(members -> service)
    LOOP
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = member) THEN
        EXECUTE format('CREATE ROLE %I', member);
      END IF;
      EXECUTE format(
        'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION', member);
      -- Library tables have the same names everywhere; the role decides whose they are.
      EXECUTE format('ALTER ROLE %I SET search_path = %I', member, service);
      EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', member);
      EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), member);
    END LOOP;

    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', service);
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', service, service || '_owner');
    FOR member IN
      SELECT service || '_' || role
      FROM jsonb_array_elements_text(members -> service) AS role WHERE role <> 'auditor'
    LOOP
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', service, member);
    END LOOP;
    IF members -> service ? 'follow' THEN
      EXECUTE format('GRANT %I TO %I', service || '_app', service || '_follow');
    END IF;
    IF members -> service ? 'clock' THEN
      EXECUTE format('GRANT %I TO %I', service || '_app', service || '_clock');
    END IF;
    IF members -> service ? 'auditor' THEN
      -- Beside what it is about: it is kept for longer, and saved and shown by itself.
      EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', service || '_audit');
      EXECUTE format('ALTER SCHEMA %I OWNER TO %I', service || '_audit', service || '_owner');
      EXECUTE format(
        'GRANT USAGE ON SCHEMA %I TO %I, %I',
        service || '_audit', service || '_app', service || '_auditor');
      EXECUTE format(
        'ALTER ROLE %I SET search_path = %I', service || '_auditor', service || '_audit');
    END IF;
  END LOOP;

  -- Where `projector rebuild` fills new tables, and keeps the old ones until they are dropped.
  CREATE SCHEMA IF NOT EXISTS gateway_next;
  CREATE SCHEMA IF NOT EXISTS gateway_old;
  ALTER SCHEMA gateway_next OWNER TO gateway_owner;
  ALTER SCHEMA gateway_old OWNER TO gateway_owner;
  GRANT USAGE ON SCHEMA gateway_next TO gateway_projector;
END
$$;
