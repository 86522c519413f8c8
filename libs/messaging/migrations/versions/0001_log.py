"""Topics, their partitions and records, and who reads what."""

from alembic import op

from libs.messaging.migrations import create_log

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_log(op.get_bind())
