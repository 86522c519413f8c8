"""Which groups there are, who leads them, and who belongs to them."""

from alembic import op

from libs.access.group_migrations import create_groups

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    create_groups(op.get_bind(), "assignment")
