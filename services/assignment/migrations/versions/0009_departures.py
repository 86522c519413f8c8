"""Who has left, and how long they may finish their records."""

from alembic import op

from libs.access.migrations import create_departures

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_departures(op.get_bind(), "assignment")
