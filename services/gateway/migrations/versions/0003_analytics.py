"""What the analytics stream is derived with, and the records on their way to it."""

from alembic import op

from libs.access.migrations import create_care_facts
from libs.messaging.derived import create_derived_outbox

revision = "0003"
down_revision = "0002"

_TABLES = """
-- The last consent of each patient; `consent` is the id of the fact by which it was given.
CREATE TABLE analytics_consents (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    stream_id text NOT NULL,
    consent uuid NOT NULL,
    given_at timestamptz NOT NULL,
    -- The epoch in which its first pseudonym was handed out.
    epoch int NOT NULL,
    withdrawn_at timestamptz,
    PRIMARY KEY (tenant_id, patient_id)
);

-- Where the facts lie of patients who have not consented, should their consent come late; never
-- what they say. `chain_before` is where the stream is taken up again.
CREATE TABLE analytics_held (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    stream_id text NOT NULL,
    version int NOT NULL,
    chain_before bytea NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    topic_id text NOT NULL,
    "offset" bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, patient_id, stream_id, version)
);
CREATE INDEX analytics_held_age ON analytics_held USING brin (recorded_at);

-- What was published last about one thing of a stream (its plan, its schedule): what a correction
-- supersedes.
CREATE TABLE analytics_latest (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    stream_id text NOT NULL,
    about text NOT NULL,
    epoch int NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, patient_id, stream_id, about)
);

-- Pseudonyms of one epoch; the highest number is the current one.
CREATE TABLE analytics_epochs (
    number int PRIMARY KEY,
    began_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO analytics_epochs (number) VALUES (1);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON analytics_consents, analytics_held, analytics_latest TO gateway_analytics;
GRANT SELECT, INSERT ON analytics_epochs TO gateway_analytics;
-- Its readers' progress stands beside the projector's, under names of their own.
GRANT SELECT, INSERT, UPDATE, DELETE ON positions, applied, parked TO gateway_analytics;
CREATE INDEX known_relationships_of_patient ON known_relationships (tenant_id, patient_id);
"""


def upgrade() -> None:
    connection = op.get_bind()
    create_care_facts(connection, "gateway", writer="gateway_analytics")
    create_derived_outbox(connection, writer="gateway_analytics")
    connection.exec_driver_sql(_TABLES)
