"""What is kept of clinics, and of open homework, so that moving sessions find it."""

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = """
CREATE TABLE known_clinics (
    tenant_id uuid NOT NULL PRIMARY KEY,
    low_confidence_threshold double precision NOT NULL,
    rationale_gate boolean NOT NULL
);
CREATE TABLE known_homework (
    tenant_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    patient_id uuid,
    therapist_id uuid,
    created_in_session_id uuid,
    given_at timestamptz,
    closed boolean,
    follows_sessions boolean,
    named_session_id uuid,
    offset_min int,
    due_session_id uuid,
    due_at timestamptz,
    PRIMARY KEY (tenant_id, assignment_id)
);
CREATE INDEX known_homework_of ON known_homework (tenant_id, patient_id);
GRANT SELECT, INSERT, UPDATE ON known_clinics, known_homework TO assignment_app;
"""


def upgrade() -> None:
    op.execute(_TABLES)
