"""Which topic holds what was published, so that one that was lost and made again is noticed."""

from alembic import op

from libs.eventstore.migrations import remember_the_topic

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    remember_the_topic(op.get_bind())
