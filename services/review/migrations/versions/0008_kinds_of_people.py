"""Whoever is known both as a patient and as a therapist is known as both."""

from alembic import op

from libs.access.migrations import key_people_by_kind

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    key_people_by_kind(op.get_bind())
