"""Consents to treatment and to sharing: under which text, with whom, what for and until when."""

from alembic import op

revision = "0010"
down_revision = "0009"

_COLUMNS = """
ALTER TABLE consents
    ADD COLUMN text_version TEXT,
    ADD COLUMN attested TEXT,
    ADD COLUMN shared_with JSONB,
    ADD COLUMN relation TEXT,
    ADD COLUMN what_for JSONB,
    ADD COLUMN until DATE
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_COLUMNS)
