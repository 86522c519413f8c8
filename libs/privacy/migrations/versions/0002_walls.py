"""Who reads keys no longer makes any, and nobody sees those of a clinic they have not named."""

from alembic import op

from libs.privacy.migrations import build_walls

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    build_walls(op.get_bind())
