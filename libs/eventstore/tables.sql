-- The event store of one service, made in the schema of the role that runs this (its owner).
-- {app} serves requests and follows; {relay} publishes. Nobody but the owner reaches anything else.

CREATE TABLE streams (
  tenant_id    uuid NOT NULL,
  stream_id    text NOT NULL,
  version      int NOT NULL,
  -- What the writer had seen: the compare-and-set compares `version` with the new row's value of it.
  prev_version int NOT NULL,
  head         bytea NOT NULL,
  recorded_at  timestamptz,
  PRIMARY KEY (tenant_id, stream_id)
) WITH (fillfactor = 70);

CREATE TABLE events (
  -- Drawn after the stream's row is locked, one at a time, so that it agrees with the versions.
  position       bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  event_id       uuid NOT NULL UNIQUE,
  tenant_id      uuid NOT NULL,
  stream_id      text NOT NULL,
  version        int NOT NULL CHECK (version > 0),
  type           text NOT NULL,
  subject_id     uuid,
  actor_id       uuid NOT NULL,
  actor_role     text NOT NULL,
  on_behalf_of   uuid,
  correlation_id uuid NOT NULL,
  causation_id   uuid,
  traceparent    text NOT NULL,
  occurred_at    timestamptz NOT NULL,
  zone           text NOT NULL,
  recorded_at    timestamptz NOT NULL,
  -- json, not jsonb: the exact bytes that are published, again and again the same.
  data           json NOT NULL,
  chain          bytea NOT NULL,
  UNIQUE (tenant_id, stream_id, version)
);

-- What is not yet published. It has no cursor: the relay deletes the rows that it published.
CREATE TABLE outbox (position bigint PRIMARY KEY)
  WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE idempotency (
  tenant_id   uuid NOT NULL,
  scope       text NOT NULL,
  key         text NOT NULL,
  fingerprint bytea NOT NULL,
  answer      bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, scope, key)
);
-- Rows come in the order of time; a block range index costs an append next to nothing.
CREATE INDEX idempotency_age ON idempotency USING brin (created_at) WITH (pages_per_range = 8);

-- Whoever holds the one row locked is the relay.
CREATE TABLE relay_lease (held boolean PRIMARY KEY DEFAULT true CHECK (held));
INSERT INTO relay_lease DEFAULT VALUES;

-- Second wall: a row of another clinic cannot be seen or written, whatever the query says.
-- Without a tenant current_setting fails, which is louder than an empty answer.
ALTER TABLE streams ENABLE ROW LEVEL SECURITY;
ALTER TABLE streams FORCE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON streams TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY own_tenant ON events TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY own_tenant ON idempotency TO {app}
  USING (tenant_id = current_setting('interlude.tenant')::uuid);
CREATE POLICY every_tenant ON streams FOR SELECT TO {relay} USING (true);
CREATE POLICY every_tenant ON events FOR SELECT TO {relay} USING (true);
-- The promise to clients (at least seven days) is kept by the policy, not by who purges.
CREATE POLICY outlived ON idempotency TO {relay} USING (created_at < now() - interval '7 days');

REVOKE ALL ON streams, events, outbox, idempotency, relay_lease FROM PUBLIC;
GRANT SELECT, INSERT ON events TO {app};
GRANT SELECT, INSERT, UPDATE ON streams TO {app};
GRANT SELECT, INSERT, DELETE ON idempotency TO {app};
GRANT INSERT ON outbox TO {app};
GRANT SELECT ON streams, events TO {relay};
GRANT SELECT, DELETE ON outbox TO {relay};
GRANT SELECT, DELETE ON idempotency TO {relay};
GRANT SELECT, UPDATE ON relay_lease TO {relay};
