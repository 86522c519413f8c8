"""Who was erased is known, and what was known of them can be removed."""

from alembic import op

from libs.access.migrations import create_erased

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_erased(op.get_bind(), "diary")
