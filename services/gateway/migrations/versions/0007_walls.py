"""Walls around how far readers have come, and around what the analytics role keeps for itself."""

from alembic import op

from libs.access.migrations import CARE_FACTS, build_walls
from libs.eventstore.migrations import build_progress_walls

revision = "0007"
down_revision = "0006"

# Its readers' progress stands beside the projector's, under names of their own.
_ANALYTICS = """
CREATE POLICY analytics ON applied TO gateway_analytics USING (true) WITH CHECK (true);
CREATE POLICY analytics ON parked TO gateway_analytics USING (true) WITH CHECK (true);
"""


def upgrade() -> None:
    connection = op.get_bind()
    build_progress_walls(connection, "gateway", reader="gateway_projector")
    connection.exec_driver_sql(_ANALYTICS)
    build_walls(connection, "gateway", writer="gateway_analytics")
    # Clients are shown read models; nobody but the analytics role needs these.
    connection.exec_driver_sql(f"REVOKE ALL ON {', '.join(CARE_FACTS)} FROM gateway_app")
