"""Which sessions a therapist has at a time, so that two at once are noticed."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX known_sessions_of_therapist"
        " ON known_sessions (tenant_id, therapist_id, starts_at)"
    )
