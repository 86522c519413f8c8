"""What patients allow, as a read model."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLE = """
CREATE TABLE consents (
    tenant_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    patient_id UUID,
    scope TEXT,
    purpose TEXT,
    given_by TEXT,
    given_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, consent_id)
);
CREATE INDEX consents_of ON consents (tenant_id, patient_id);

ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE consents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON consents FOR SELECT TO gateway_app
    USING (tenant_id = current_setting('interlude.tenant', true)::uuid);
CREATE POLICY everything ON consents TO gateway_projector USING (true) WITH CHECK (true);
GRANT SELECT ON consents TO gateway_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON consents TO gateway_projector;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_TABLE)
