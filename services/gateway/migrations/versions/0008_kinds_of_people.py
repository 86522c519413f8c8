"""Whoever is known both as a patient and as a therapist is known as both."""

from alembic import op

from libs.access.migrations import key_people_by_kind

revision = "0008"
down_revision = "0007"

_PEOPLE = """
ALTER TABLE people DROP CONSTRAINT people_pkey, ADD PRIMARY KEY (tenant_id, person_id, kind)
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(_PEOPLE)
    key_people_by_kind(connection)
