"""How far a goal has come, and which homework goes on after treatment."""

from alembic import op

revision = "0014"
down_revision = "0013"

_COLUMNS = """
ALTER TABLE assignments ADD COLUMN self_directed BOOLEAN;
ALTER TABLE goals
    ADD COLUMN lifecycle TEXT,
    ADD COLUMN achievement TEXT,
    ADD COLUMN progress JSONB,
    ADD COLUMN closing JSONB
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_COLUMNS)
