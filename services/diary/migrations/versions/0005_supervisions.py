"""Who supervises whom."""

from alembic import op

from libs.access.migrations import create_supervisions

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_supervisions(op.get_bind(), "diary")
