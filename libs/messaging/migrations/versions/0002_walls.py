"""Nobody who writes or reads the log changes what is in it."""

from alembic import op

from libs.messaging.migrations import build_walls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    build_walls(op.get_bind())
