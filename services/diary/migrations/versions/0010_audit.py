"""Who looked at what and who wrote it, kept beside it in a schema of its own."""

from alembic import op

from libs.audit.migrations import create_audit

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_audit(op.get_bind(), "diary")
