"""Which records an operator has dismissed, as written by nobody of ours."""

from alembic import op

from libs.eventstore.migrations import remember_what_was_dismissed

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    connection = op.get_bind()
    remember_what_was_dismissed(connection, "gateway", writer="gateway_projector")
    # Its readers park beside the projector's, and let pass what was dismissed for both.
    connection.exec_driver_sql("GRANT SELECT ON dismissed TO gateway_analytics")
