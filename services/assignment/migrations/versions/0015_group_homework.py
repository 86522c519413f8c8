"""Which homework groups were given."""

from alembic import op

from libs.access.group_migrations import wall

revision = "0015"
down_revision = "0014"

_TABLE = """
CREATE TABLE known_group_homework (
    tenant_id uuid NOT NULL,
    group_assignment_id uuid NOT NULL,
    group_id uuid,
    issued_at timestamptz,
    PRIMARY KEY (tenant_id, group_assignment_id)
);
CREATE INDEX known_group_homework_of ON known_group_homework (tenant_id, group_id);
"""


def upgrade() -> None:
    op.execute(_TABLE)
    wall(op.get_bind(), "assignment", "known_group_homework")
