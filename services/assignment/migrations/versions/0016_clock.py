"""When the clock looks at which homework again, and the lease of the one clock that works."""

from alembic import op

revision = "0016"
down_revision = "0015"

_TABLES = """
CREATE TABLE homework_looks (
    tenant_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    patient_id uuid,
    look_at timestamptz,
    PRIMARY KEY (tenant_id, assignment_id)
);
CREATE INDEX homework_looks_next ON homework_looks (look_at);
CREATE TABLE clock_lease (held boolean NOT NULL);
INSERT INTO clock_lease VALUES (true);

REVOKE ALL ON homework_looks, clock_lease FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON homework_looks TO assignment_follow;
GRANT SELECT, UPDATE ON homework_looks TO assignment_clock;
-- To lock a row is a right to change it.
GRANT SELECT, UPDATE ON clock_lease TO assignment_clock;

ALTER TABLE homework_looks ENABLE ROW LEVEL SECURITY;
ALTER TABLE homework_looks FORCE ROW LEVEL SECURITY;
-- Both go through all clinics: one hears of them all, the other has to think of them all.
CREATE POLICY every_tenant ON homework_looks TO assignment_follow, assignment_clock
  USING (true) WITH CHECK (true);

-- What was given before there was a clock is looked at once; of what asks for nothing, never again.
ALTER TABLE known_homework NO FORCE ROW LEVEL SECURITY;
ALTER TABLE homework_looks NO FORCE ROW LEVEL SECURITY;
INSERT INTO homework_looks (tenant_id, assignment_id, patient_id, look_at)
  SELECT tenant_id, assignment_id, patient_id, now() FROM known_homework
  WHERE patient_id IS NOT NULL;
ALTER TABLE known_homework FORCE ROW LEVEL SECURITY;
ALTER TABLE homework_looks FORCE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    op.execute(_TABLES)
