"""A clinic's settings are changed one by one: a row is written column by column."""

from alembic import op

revision = "0012"
down_revision = "0011"

_COLUMNS = """
ALTER TABLE known_clinics
    ALTER COLUMN low_confidence_threshold DROP NOT NULL,
    ALTER COLUMN rationale_gate DROP NOT NULL
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_COLUMNS)
