-- Records on their way to a topic that is derived from others, made in the schema of whoever derives.
-- {writer} derives and publishes.

CREATE TABLE outbox (
  position   bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  key        text NOT NULL,
  headers    json NOT NULL,
  -- json, not jsonb: the exact bytes that are published, again and again the same.
  value      json NOT NULL,
  derived_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Whoever holds the one row locked is the relay.
CREATE TABLE relay_lease (held boolean PRIMARY KEY DEFAULT true CHECK (held));
INSERT INTO relay_lease DEFAULT VALUES;

REVOKE ALL ON outbox, relay_lease FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON outbox TO {writer};
GRANT SELECT, UPDATE ON relay_lease TO {writer};
