"""What this service keeps of care's facts, and how far it has come in following them."""

from alembic import op

from libs.access.migrations import create_care_facts
from libs.eventstore.progress import create_progress_tables

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_progress_tables(op.get_bind(), "assignment")
    create_care_facts(op.get_bind(), "assignment")
