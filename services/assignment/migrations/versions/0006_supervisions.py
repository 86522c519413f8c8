"""Who supervises whom."""

from alembic import op

from libs.access.migrations import create_supervisions

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_supervisions(op.get_bind(), "assignment")
