"""Who supervises whom: the read model, and what the analytics role keeps of care's facts."""

from alembic import op

from libs.access.migrations import create_supervisions

revision = "0006"
down_revision = "0005"

_TABLE = """
CREATE TABLE supervisions (
    tenant_id UUID NOT NULL,
    supervision_id UUID NOT NULL,
    supervisor_id UUID,
    therapist_id UUID,
    began_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, supervision_id)
);
CREATE INDEX supervisions_of_supervisor ON supervisions (tenant_id, supervisor_id, therapist_id);

ALTER TABLE supervisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE supervisions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON supervisions FOR SELECT TO gateway_app
    USING (tenant_id = current_setting('interlude.tenant', true)::uuid);
CREATE POLICY everything ON supervisions TO gateway_projector USING (true) WITH CHECK (true);
GRANT SELECT ON supervisions TO gateway_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON supervisions TO gateway_projector;
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE)
    create_supervisions(connection, "gateway", writer="gateway_analytics")
