"""Who died, so that homework that is heard of only afterwards ends too."""

from alembic import op

from libs.access.migrations import wall_in_patients

revision = "0014"
down_revision = "0013"

_TABLE = """
CREATE TABLE known_deaths (
    tenant_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    died_on date,
    PRIMARY KEY (tenant_id, patient_id)
);
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE)
    wall_in_patients(connection, "assignment", "known_deaths")
