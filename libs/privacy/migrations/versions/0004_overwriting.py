"""What was in a destroyed key's row is written over, not only let go."""

from alembic import op

from libs.privacy.migrations import overwrite_the_destroyed

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    overwrite_the_destroyed(op.get_bind())
