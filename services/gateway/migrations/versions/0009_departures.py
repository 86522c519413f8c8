"""Who has left: the read model, and what the analytics role keeps of care's facts."""

from alembic import op

from libs.access.migrations import DEPARTURES, create_departures

revision = "0009"
down_revision = "0008"

_TABLES = """
CREATE TABLE departures (
    tenant_id UUID NOT NULL,
    person_id UUID NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    returned_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE TABLE records_windows (
    tenant_id UUID NOT NULL,
    clinic_id UUID NOT NULL,
    days INTEGER,
    PRIMARY KEY (tenant_id, clinic_id)
);
"""
_RIGHTS = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} FOR SELECT TO gateway_app
    USING (tenant_id = current_setting('interlude.tenant', true)::uuid);
CREATE POLICY everything ON {table} TO gateway_projector USING (true) WITH CHECK (true);
GRANT SELECT ON {table} TO gateway_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON {table} TO gateway_projector;
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLES)
    for table in ("departures", "records_windows"):
        connection.exec_driver_sql(_RIGHTS.format(table=table))
    create_departures(connection, "gateway", writer="gateway_analytics")
    connection.exec_driver_sql(f"REVOKE ALL ON {', '.join(DEPARTURES)} FROM gateway_app")
