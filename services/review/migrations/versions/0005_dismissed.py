"""Which records an operator has dismissed, as written by nobody of ours."""

from alembic import op

from libs.eventstore.migrations import remember_what_was_dismissed

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    remember_what_was_dismissed(op.get_bind(), "review")
