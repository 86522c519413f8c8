"""Whose assignment it is: what a review must know before it is opened. Ids only."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE known_assignments (
            tenant_id uuid NOT NULL,
            assignment_id uuid NOT NULL,
            patient_id uuid NOT NULL,
            therapist_id uuid NOT NULL,
            PRIMARY KEY (tenant_id, assignment_id)
        )
        """
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON known_assignments TO review_app")
