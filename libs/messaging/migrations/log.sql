-- The embedded log, in the schema `broker`: what Kafka would be asked for, for one machine.

-- An id of its own per incarnation: who stored positions in a lost topic must notice.
CREATE TABLE topics (
  name         text PRIMARY KEY,
  id           uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partitions   int NOT NULL CHECK (partitions > 0),
  retention_ms bigint NOT NULL
);

-- Whoever writes to a partition holds its head locked until commit, so offsets have no gaps and
-- become visible in order.
CREATE TABLE heads (
  topic     uuid NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  partition int NOT NULL,
  next      bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE log (
  topic      uuid NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  partition  int NOT NULL,
  "offset"   bigint NOT NULL,
  key        bytea NOT NULL,
  headers    bytea NOT NULL,
  value      bytea NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition, "offset")
);

-- Who reads: the row of a group is locked by whoever shares its partitions out.
CREATE TABLE groups (name text PRIMARY KEY);
CREATE TABLE members (
  group_name  text NOT NULL REFERENCES groups (name),
  member      uuid NOT NULL,
  alive_until timestamptz NOT NULL,
  PRIMARY KEY (group_name, member)
);
CREATE TABLE claims (
  group_name text NOT NULL,
  topic      uuid NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  partition  int NOT NULL,
  member     uuid NOT NULL,
  PRIMARY KEY (group_name, topic, partition),
  FOREIGN KEY (group_name, member) REFERENCES members ON DELETE CASCADE
);

-- For lag tools only: readers keep their positions in their own databases.
CREATE TABLE noted (
  group_name text NOT NULL,
  topic      uuid NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
  partition  int NOT NULL,
  next       bigint NOT NULL,
  PRIMARY KEY (group_name, topic, partition)
);

GRANT SELECT, INSERT, UPDATE, DELETE
  ON topics, heads, log, groups, members, claims, noted TO {app};
