"""The API sees what is known of its caller's clinic, and only the follower writes what is known."""

from alembic import op

from libs.access.migrations import build_walls
from libs.eventstore.migrations import build_progress_walls

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    connection = op.get_bind()
    build_progress_walls(connection, "review")
    build_walls(connection, "review", also=("known_assignments",))
