"""Keys have generations, and say what wraps them; who was erased stands by itself."""

from alembic import op

from libs.privacy.migrations import allow_rotation

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    allow_rotation(op.get_bind())
