"""Who has left, and how long they may finish their records."""

from alembic import op

from libs.access.migrations import create_departures

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_departures(op.get_bind(), "diary")
