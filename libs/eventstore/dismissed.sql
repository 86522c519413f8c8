-- Places at which no service of ours wrote what lies there, as an operator has seen: no reader of
-- this schema parks it again. Of the topic with this id: one that was made again has other records
-- at its places. Whose record it is does not depend on who reads it, so no reader is named.

CREATE TABLE dismissed (
    topic        text NOT NULL,
    partition    int NOT NULL,
    topic_id     text NOT NULL,
    "offset"     bigint NOT NULL,
    code         text NOT NULL,
    dismissed_at timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, topic_id, "offset")
);

GRANT SELECT ON dismissed TO {app};
GRANT SELECT, INSERT ON dismissed TO {writer};
