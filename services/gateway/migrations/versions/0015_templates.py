"""The clinics' own templates, and what homework took over from one."""

from alembic import op

revision = "0015"
down_revision = "0014"

_TABLES = """
CREATE TABLE templates (
    tenant_id UUID NOT NULL,
    template_id UUID NOT NULL,
    template_version INTEGER,
    published_at TIMESTAMP WITH TIME ZONE,
    retired_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, template_id)
);
CREATE INDEX templates_in_order ON templates (tenant_id, published_at, template_id);
CREATE TABLE template_versions (
    tenant_id UUID NOT NULL,
    template_id UUID NOT NULL,
    template_version INTEGER NOT NULL,
    since TIMESTAMP WITH TIME ZONE,
    content JSONB,
    PRIMARY KEY (tenant_id, template_id, template_version)
);
ALTER TABLE assignments
    ADD COLUMN template_ref JSONB,
    ADD COLUMN instructions JSONB,
    ADD COLUMN procedure_tags JSONB,
    ADD COLUMN worksheet TEXT;
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
    for table in ("templates", "template_versions"):
        connection.exec_driver_sql(_RIGHTS.format(table=table))
