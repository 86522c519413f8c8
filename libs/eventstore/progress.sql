-- How far each reader has come. {writer} reads the topics; {app} asks what was applied.

CREATE TABLE positions (
    reader    text NOT NULL,
    topic     text NOT NULL,
    partition int NOT NULL,
    -- Another id means that the topic was lost and made again: its offsets begin anew.
    topic_id  text NOT NULL,
    next      bigint NOT NULL,
    PRIMARY KEY (reader, topic, partition)
) WITH (fillfactor = 50);

CREATE TABLE applied (
    reader    text NOT NULL,
    tenant_id uuid NOT NULL,
    stream_id text NOT NULL,
    version   int NOT NULL,
    chain     bytea NOT NULL,
    PRIMARY KEY (reader, tenant_id, stream_id)
) WITH (fillfactor = 70);

-- Where a record lies that could not be applied; never what it holds.
CREATE TABLE parked (
    reader    text NOT NULL,
    topic     text NOT NULL,
    partition int NOT NULL,
    topic_id  text NOT NULL,
    "offset"  bigint NOT NULL,
    tenant_id uuid,
    stream_id text,
    version   int,
    code      text NOT NULL,
    since     timestamptz NOT NULL,
    tries     int NOT NULL,
    retry_at  timestamptz,
    PRIMARY KEY (reader, topic, partition, topic_id, "offset")
);
CREATE INDEX parked_streams ON parked (reader, tenant_id, stream_id, version);

GRANT SELECT ON positions, applied, parked TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON positions, applied, parked TO {writer};
