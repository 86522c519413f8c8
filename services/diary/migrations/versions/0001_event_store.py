"""The first tables: the record, the place in the others' topics, and what is kept of them."""

from alembic import op

from libs.access.migrations import create_care_facts
from libs.eventstore.migrations import create_event_store
from libs.eventstore.progress import create_progress_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_event_store(op.get_bind(), "diary")
    create_progress_tables(op.get_bind(), "diary")
    create_care_facts(op.get_bind(), "diary")
