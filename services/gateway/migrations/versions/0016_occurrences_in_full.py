"""Occurrences that were begun, and what the patient says of those that were not done wholly."""

from alembic import op

revision = "0016"
down_revision = "0015"

_COLUMNS = """
ALTER TABLE occurrences
    ADD COLUMN started_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN note JSONB
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_COLUMNS)
