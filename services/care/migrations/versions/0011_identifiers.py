"""By which numbers other systems know people: a digest of each, to find them again."""

from alembic import op

from libs.access.identifying import create_identifiers

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    create_identifiers(op.get_bind(), "care")
