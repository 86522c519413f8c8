"""What a clinic says to whoever is in need, and when a patient was discharged or died."""

from alembic import op

revision = "0013"
down_revision = "0012"

_COLUMNS = """
ALTER TABLE clinics ADD COLUMN crisis_texts JSONB, ADD COLUMN response_expectation TEXT;
ALTER TABLE people ADD COLUMN discharged_at TIMESTAMPTZ, ADD COLUMN died_on DATE
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(_COLUMNS)
