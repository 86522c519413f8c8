"""The subjects' keys and the tombstones of those that were destroyed."""

from alembic import op

from libs.privacy.migrations import create_keyring

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_keyring(op.get_bind())
