"""Walls around how far readers have come, and around what the analytics role keeps for itself."""

from alembic import op

from libs.access.migrations import CARE_FACTS, build_walls
from libs.eventstore.migrations import build_progress_walls

revision = "0007"
down_revision = "0006"

# The progress of the analytics role's readers stands beside the projector's, under names of their
# own; and whoever rebuilds a table, as its owner, compares how far both readers have come, and
# clears away what the one of the rebuild has left.
_ALSO = """
CREATE POLICY analytics ON applied TO gateway_analytics USING (true) WITH CHECK (true);
CREATE POLICY analytics ON parked TO gateway_analytics USING (true) WITH CHECK (true);
CREATE POLICY rebuilding ON applied TO gateway_owner USING (true);
CREATE POLICY rebuilding ON parked TO gateway_owner USING (true);
"""


def upgrade() -> None:
    connection = op.get_bind()
    build_progress_walls(connection, "gateway", reader="gateway_projector")
    connection.exec_driver_sql(_ALSO)
    build_walls(connection, "gateway", writer="gateway_analytics")
    # Clients are shown read models; nobody but the analytics role needs these.
    connection.exec_driver_sql(f"REVOKE ALL ON {', '.join(CARE_FACTS)} FROM gateway_app")
