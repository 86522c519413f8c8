"""The first read models, the feed of live changes, and how far the projector has come.

Every row is written from one stream of facts and can be made again from the topics; what is nested
or sealed is JSON. The feed is the projector's log of delivery.
"""

from alembic import op

from libs.eventstore.progress import create_progress_tables

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE assignments (
    tenant_id UUID NOT NULL,
    assignment_id UUID NOT NULL,
    patient_id UUID,
    therapist_id UUID,
    title JSONB,
    description JSONB,
    category TEXT,
    technique TEXT,
    technique_other JSONB,
    modality_tags JSONB,
    target_cognition JSONB,
    created_in_session_id UUID,
    continues_from UUID,
    created_at TIMESTAMP WITH TIME ZONE,
    activated_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    course TEXT,
    agreed_by_patient BOOLEAN,
    agreed_by_therapist BOOLEAN,
    status TEXT GENERATED ALWAYS AS (CASE
WHEN course IN ('draft', 'proposed') AND agreed_by_patient AND agreed_by_therapist THEN 'agreed'
ELSE course END) STORED,
    plan_version INTEGER,
    due_rule JSONB,
    due_session_id UUID,
    due_at TIMESTAMP WITH TIME ZONE,
    readiness FLOAT,
    confidence FLOAT,
    importance FLOAT,
    rated_at TIMESTAMP WITH TIME ZONE,
    suggested_at TIMESTAMP WITH TIME ZONE,
    adjusted_at TIMESTAMP WITH TIME ZONE,
    version INTEGER,
    changed_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, assignment_id)
);
CREATE INDEX assignments_of ON assignments (tenant_id, patient_id, status);

CREATE TABLE assignment_parts (
    tenant_id UUID NOT NULL,
    assignment_id UUID NOT NULL,
    kind TEXT NOT NULL,
    part_id UUID NOT NULL,
    version INTEGER,
    place INTEGER,
    told_at TIMESTAMP WITH TIME ZONE,
    by_role TEXT,
    data JSONB,
    PRIMARY KEY (tenant_id, assignment_id, kind, part_id)
);

CREATE TABLE relationships (
    tenant_id UUID NOT NULL,
    relationship_id UUID NOT NULL,
    patient_id UUID,
    therapist_id UUID,
    began_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, relationship_id)
);
CREATE INDEX relationships_of_patient ON relationships (tenant_id, patient_id);
CREATE INDEX relationships_of_therapist ON relationships (tenant_id, therapist_id, patient_id);

CREATE TABLE entries (
    tenant_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    patient_id UUID,
    worksheet TEXT,
    definition_version TEXT,
    assignment_id UUID,
    occurrence_id UUID,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    zone TEXT,
    recording_mode TEXT,
    time_uncertain BOOLEAN,
    source TEXT,
    visibility TEXT,
    location JSONB,
    with_whom TEXT,
    with_whom_other JSONB,
    notes JSONB,
    answers JSONB,
    recorded_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, entry_id)
);
CREATE INDEX entries_of ON entries (tenant_id, patient_id, started_at, entry_id);
CREATE INDEX entries_of_assignment ON entries (tenant_id, assignment_id);

CREATE TABLE goals (
    tenant_id UUID NOT NULL,
    goal_id UUID NOT NULL,
    patient_id UUID,
    therapist_id UUID,
    statement JSONB,
    target JSONB,
    set_by TEXT,
    set_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, goal_id)
);
CREATE INDEX goals_of ON goals (tenant_id, patient_id, set_at, goal_id);

CREATE TABLE notebook (
    tenant_id UUID NOT NULL,
    item_id UUID NOT NULL,
    patient_id UUID,
    kind TEXT,
    visibility TEXT,
    assignment_id UUID,
    review_id UUID,
    session_id UUID,
    kept_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, item_id)
);
CREATE INDEX notebook_of ON notebook (tenant_id, patient_id, kept_at, item_id);

CREATE TABLE people (
    tenant_id UUID NOT NULL,
    person_id UUID NOT NULL,
    kind TEXT,
    name JSONB,
    zone TEXT,
    locale TEXT,
    PRIMARY KEY (tenant_id, person_id)
);

CREATE TABLE clinics (
    tenant_id UUID NOT NULL,
    clinic_id UUID NOT NULL,
    name TEXT,
    zone TEXT,
    locale TEXT,
    low_confidence_threshold FLOAT,
    PRIMARY KEY (tenant_id, clinic_id)
);

CREATE TABLE ratings (
    tenant_id UUID NOT NULL,
    event_id UUID NOT NULL,
    measure TEXT NOT NULL,
    patient_id UUID,
    stream_id UUID,
    rating JSONB,
    rated_at TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, event_id, measure)
);
CREATE INDEX ratings_of ON ratings (tenant_id, patient_id, rated_at);

CREATE TABLE reviews (
    tenant_id UUID NOT NULL,
    review_id UUID NOT NULL,
    assignment_id UUID,
    session_id UUID,
    patient_id UUID,
    therapist_id UUID,
    status TEXT,
    decision TEXT,
    note JSONB,
    opened_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    version INTEGER,
    PRIMARY KEY (tenant_id, review_id)
);
CREATE INDEX reviews_of_assignment ON reviews (tenant_id, assignment_id);
CREATE INDEX reviews_of_session ON reviews (tenant_id, session_id);

CREATE TABLE review_parts (
    tenant_id UUID NOT NULL,
    review_id UUID NOT NULL,
    kind TEXT NOT NULL,
    part_id UUID NOT NULL,
    version INTEGER,
    place INTEGER,
    told_at TIMESTAMP WITH TIME ZONE,
    by_role TEXT,
    data JSONB,
    PRIMARY KEY (tenant_id, review_id, kind, part_id)
);

CREATE TABLE sessions (
    tenant_id UUID NOT NULL,
    session_id UUID NOT NULL,
    patient_id UUID,
    therapist_id UUID,
    starts_at TIMESTAMP WITH TIME ZONE,
    zone TEXT,
    duration_min INTEGER,
    started_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    "off" TEXT,
    PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX sessions_of ON sessions (tenant_id, patient_id, starts_at);

CREATE TABLE timeline (
    tenant_id UUID NOT NULL,
    event_id UUID NOT NULL,
    patient_id UUID,
    recorded_at TIMESTAMP WITH TIME ZONE,
    occurred_at TIMESTAMP WITH TIME ZONE,
    zone TEXT,
    type TEXT,
    service TEXT,
    category TEXT,
    stream_id UUID,
    version INTEGER,
    actor_id UUID,
    actor_role TEXT,
    on_behalf_of UUID,
    visibility TEXT,
    refs JSONB,
    codes JSONB,
    excerpt JSONB,
    PRIMARY KEY (tenant_id, event_id)
);
CREATE INDEX timeline_of ON timeline (tenant_id, patient_id, recorded_at, event_id);

CREATE TABLE occurrences (
    tenant_id UUID NOT NULL,
    occurrence_id UUID NOT NULL,
    assignment_id UUID,
    patient_id UUID,
    plan_version INTEGER,
    local_date DATE,
    slot TEXT,
    opens_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    zone TEXT,
    told TEXT,
    quantity INTEGER,
    experienced_at JSONB,
    settled_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (tenant_id, occurrence_id)
);
CREATE INDEX occurrences_of_assignment ON occurrences (tenant_id, assignment_id);
CREATE INDEX occurrences_of_day ON occurrences (tenant_id, patient_id, local_date);

CREATE TABLE feed_heads (
    tenant_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, patient_id)
);

CREATE TABLE feed (
    tenant_id UUID NOT NULL,
    patient_id UUID NOT NULL,
    number BIGINT NOT NULL,
    event_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, patient_id, number)
);
"""

# A clinic's rows are seen by its own people only, whatever a query forgets; the projector goes
# through all clinics in one statement.
_WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON {table} FOR SELECT TO gateway_app
    USING (tenant_id = current_setting('interlude.tenant', true)::uuid);
CREATE POLICY everything ON {table} TO gateway_projector USING (true) WITH CHECK (true);
GRANT SELECT ON {table} TO gateway_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON {table} TO gateway_projector;
"""

TABLES = (
    "assignments",
    "assignment_parts",
    "clinics",
    "entries",
    "feed",
    "feed_heads",
    "goals",
    "notebook",
    "occurrences",
    "people",
    "ratings",
    "relationships",
    "review_parts",
    "reviews",
    "sessions",
    "timeline",
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLES)
    for table in TABLES:
        connection.exec_driver_sql(_WALL.format(table=table))
    create_progress_tables(connection, "gateway", writer="gateway_projector")
