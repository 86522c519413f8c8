"""Who was erased: by the projector's own record, and by what the analytics role knows of care."""

from alembic import op

from libs.access.migrations import create_erased

revision = "0011"
down_revision = "0010"

_TABLE = """
CREATE TABLE erased (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    removed jsonb NOT NULL,
    confirmed_at timestamptz,
    PRIMARY KEY (tenant_id, patient_id)
);
ALTER TABLE erased ENABLE ROW LEVEL SECURITY;
ALTER TABLE erased FORCE ROW LEVEL SECURITY;
CREATE POLICY everything ON erased TO gateway_projector USING (true) WITH CHECK (true);
REVOKE ALL ON erased FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE (confirmed_at) ON erased TO gateway_projector;

-- Confirmed is what both have removed.
REVOKE ALL ON known_erased FROM gateway_app;
CREATE POLICY confirming ON known_erased FOR SELECT TO gateway_projector USING (true);
GRANT SELECT ON known_erased TO gateway_projector;
"""


def upgrade() -> None:
    connection = op.get_bind()
    create_erased(connection, "gateway", writer="gateway_analytics")
    connection.exec_driver_sql(_TABLE)
