"""The first tables: the event store with its outbox."""

from alembic import op

from libs.eventstore.migrations import create_event_store

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_event_store(op.get_bind(), "care")
