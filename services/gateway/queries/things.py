"""One thing with all that belongs to it, as a row: the same wherever it is shown."""

from services.gateway.queries.timeline import newest_visible
from services.gateway.queries.visible import AS_THERAPIST, may_see, shared

# ruff: noqa: S608 - every statement here is text of ours, values are arguments


def _person(kind: str, id_: str) -> str:
    return f"""(SELECT to_jsonb(p) FROM (
    SELECT person.person_id AS id, person.name FROM people person
    WHERE person.tenant_id = $1 AND person.person_id = {id_} AND person.kind = '{kind}') p)"""


def _both_of(pair: str) -> str:
    patient, therapist = _person("patient", f"{pair}.patient_id"), f"{pair}.therapist_id"
    return f"{patient} AS patient, {_person('therapist', therapist)} AS therapist"


def sessions(condition: str = "true") -> str:
    return f"""
SELECT s.session_id AS id, s.starts_at, s.zone, s.duration_min, s.started_at, s.ended_at,
    CASE WHEN s.off IS NOT NULL THEN s.off WHEN s.ended_at IS NOT NULL THEN 'ended'
         WHEN s.started_at IS NOT NULL THEN 'started' ELSE 'scheduled' END AS status,
    s.patient_id, s.therapist_id,
    {_both_of("s")}
FROM sessions s
WHERE s.tenant_id = $1 AND s.starts_at IS NOT NULL AND {may_see("s.patient_id")} AND {condition}"""


def goals(condition: str = "true") -> str:
    return f"""
SELECT g.goal_id AS id, g.patient_id, g.statement, g.target, g.set_by, g.set_at, g.progress,
    coalesce(g.lifecycle, 'active') AS lifecycle, g.closing,
    coalesce(g.achievement, 'in_progress') AS achievement
FROM goals g
WHERE g.tenant_id = $1 AND g.set_at IS NOT NULL AND {may_see("g.patient_id")} AND {condition}"""


def _parts(table: str, owner: str, value: str) -> str:
    return f"""(
    SELECT jsonb_object_agg(kind, items) FROM (
        SELECT kind, jsonb_agg(data || jsonb_build_object('told_at', told_at)
            ORDER BY version, place) AS items
        FROM {table} part WHERE part.tenant_id = $1 AND part.{owner} = {value}
        GROUP BY kind
    ) kinds
)"""


def reviews(condition: str = "true") -> str:
    return f"""
SELECT r.review_id AS id, r.assignment_id, r.session_id, r.patient_id, r.status, r.decision,
    r.note, r.opened_at, r.completed_at, r.version,
    {_parts("review_parts", "review_id", "r.review_id")} AS parts
FROM reviews r
WHERE r.tenant_id = $1 AND r.opened_at IS NOT NULL AND {may_see("r.patient_id")} AND {condition}"""


def entries(condition: str = "true") -> str:
    return f"""
SELECT e.entry_id AS id, e.patient_id, e.worksheet, e.definition_version, e.assignment_id,
    e.occurrence_id, e.started_at, e.ended_at, e.zone, e.recording_mode, e.time_uncertain,
    e.source, e.visibility, e.location, e.with_whom, e.with_whom_other, e.notes, e.answers,
    e.recorded_at
FROM entries e
WHERE e.tenant_id = $1 AND {may_see("e.patient_id")}
    AND {shared("e.visibility", "e.patient_id")} AND {condition}"""


def occurrences(condition: str = "true") -> str:
    """`state` is as of now: a window opens and closes by the clock, without a fact."""
    return f"""
SELECT o.occurrence_id AS id, o.assignment_id, o.patient_id, o.plan_version, o.local_date, o.slot,
    o.opens_at, o.due_at, o.zone, o.started_at, o.quantity, o.experienced_at, o.note, o.settled_at,
    o.opens_at AT TIME ZONE o.zone AS opens_local, o.due_at AT TIME ZONE o.zone AS due_local,
    CASE WHEN o.told <> 'scheduled' THEN o.told
         WHEN o.opens_at > $5::timestamptz AND o.started_at IS NULL THEN 'not_yet_available'
         WHEN o.due_at <= $5::timestamptz THEN 'expired'
         WHEN o.started_at IS NOT NULL THEN 'started' ELSE 'available' END AS state
FROM occurrences o
WHERE o.tenant_id = $1 AND o.opens_at IS NOT NULL AND {may_see("o.patient_id")} AND {condition}"""


def _list(sql: str, order: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY {order}), '[]') FROM ({sql}) x)"


# What belongs to homework is the same patient's. Not every service knows what its facts name, so a
# fact may name what is somebody else's, and would be shown to whoever treats both.
_GOALS_SERVED = """g.patient_id = a.patient_id AND g.goal_id IN (
    SELECT (jsonb_array_elements_text(why.data -> 'goal_ids'))::uuid FROM assignment_parts why
    WHERE why.tenant_id = $1 AND why.assignment_id = a.assignment_id AND why.kind = 'rationale'
)"""


_REVIEWED = "r.patient_id = n.patient_id AND r.review_id = n.review_id"


def _of_homework(thing: str) -> str:
    return f"{thing}.assignment_id = a.assignment_id AND {thing}.patient_id = a.patient_id"


def assignments(condition: str = "true") -> str:
    return f"""
SELECT a.assignment_id AS id, a.patient_id, a.therapist_id, a.status, a.title, a.description,
    a.category, a.technique, a.technique_other, a.modality_tags, a.target_cognition,
    a.template_ref, a.instructions, a.procedure_tags, a.worksheet,
    a.created_in_session_id, a.continues_from, a.created_at, a.activated_at, a.closed_at,
    a.due_rule, a.due_session_id, a.due_at, a.version, a.changed_at,
    coalesce(a.self_directed, false) AS self_directed,
    coalesce(a.suggested_at > coalesce(a.adjusted_at, '-infinity'), false) AS adjustment_suggested,
    {_both_of("a")},
    {_parts("assignment_parts", "assignment_id", "a.assignment_id")} AS parts,
    {_list(goals(_GOALS_SERVED), "x.set_at, x.id")} AS goals,
    {_list(occurrences(_of_homework("o")), "x.opens_at, x.slot")} AS occurrences,
    {_list(reviews(_of_homework("r")), "x.opened_at, x.id")} AS reviews,
    {_list(entries(_of_homework("e")), "x.started_at, x.id")} AS entries
FROM assignments a
WHERE a.tenant_id = $1 AND a.created_at IS NOT NULL AND {may_see("a.patient_id")} AND {condition}"""


def notebook(condition: str = "true") -> str:
    return f"""
SELECT n.item_id AS id, n.patient_id, n.kind, n.visibility, n.kept_at, n.assignment_id,
    n.review_id, n.session_id,
    (SELECT a.title FROM assignments a
     WHERE a.tenant_id = $1 AND {_of_homework("n")}) AS title,
    (SELECT to_jsonb(x) FROM ({reviews(_REVIEWED)}) x) AS review
FROM notebook n
WHERE n.tenant_id = $1 AND {may_see("n.patient_id")}
    AND {shared("n.visibility", "n.patient_id")} AND {condition}"""


def patients(condition: str = "true") -> str:
    return f"""
SELECT p.person_id AS id, p.person_id AS patient_id, p.name, p.zone, p.locale,
    p.discharged_at, p.died_on,
    {newest_visible("p.person_id")} AS feed_number,
    {_list(_therapists("p.person_id"), "x.began_at, x.id")} AS therapists,
    (SELECT to_jsonb(x) FROM ({sessions(_NEXT)} ORDER BY s.starts_at LIMIT 1) x) AS next_session,
    (SELECT to_jsonb(x) FROM ({sessions(_LAST)} ORDER BY s.starts_at DESC LIMIT 1) x)
        AS last_session,
    {_list(consents("c.patient_id = p.person_id"), "x.scope")} AS consents
FROM people p
WHERE p.tenant_id = $1 AND p.kind = 'patient' AND {may_see("p.person_id")} AND {condition}"""


_NEXT = """s.patient_id = p.person_id AND s.off IS NULL AND s.started_at IS NULL
    AND s.ended_at IS NULL AND s.starts_at > $5::timestamptz"""
_LAST = "s.patient_id = p.person_id AND s.off IS NULL AND s.starts_at <= $5::timestamptz"


def _therapists(patient: str) -> str:
    return f"""
SELECT r.therapist_id AS id, person.name, r.began_at
FROM relationships r
LEFT JOIN people person ON person.tenant_id = r.tenant_id AND person.person_id = r.therapist_id
    AND person.kind = 'therapist'
WHERE r.tenant_id = $1 AND r.patient_id = {patient} AND r.ended_at IS NULL"""


def consents(condition: str = "true") -> str:
    return f"""
SELECT c.consent_id AS id, c.patient_id, c.scope, c.purpose, c.text_version, c.attested,
    c.shared_with, c.relation, c.what_for, c.until, c.given_by, c.given_at, c.withdrawn_at,
    CASE WHEN c.withdrawn_at IS NULL THEN 'given' ELSE 'withdrawn' END AS status,
    (SELECT coalesce(jsonb_agg(to_jsonb(step) ORDER BY step.version), '[]') FROM (
        SELECT t.version, t.occurred_at AS at, t.recorded_at, t.codes ->> 'text_version'
            AS text_version,
            CASE t.type WHEN 'ConsentWithdrawn' THEN 'withdrawn' ELSE 'given' END AS status,
            CASE WHEN t.actor_role = 'therapist' THEN 'therapist' ELSE 'patient' END AS by
        FROM timeline t
        WHERE t.tenant_id = $1 AND t.patient_id = c.patient_id AND t.category = 'consent'
            AND t.stream_id = c.consent_id) step) AS history
FROM consents c
WHERE c.tenant_id = $1 AND c.given_at IS NOT NULL AND {may_see("c.patient_id")} AND {condition}"""


def therapists(condition: str = "true") -> str:
    """One's own clinic's therapists: their names are no secret to those whom they treat, nor to
    who supervises them.
    """
    return f"""
SELECT t.person_id AS id, t.name FROM people t
WHERE t.tenant_id = $1 AND t.kind = 'therapist'
    AND (({AS_THERAPIST} AND t.person_id = $2) OR ($4 AND EXISTS (
        SELECT FROM relationships r
        WHERE r.tenant_id = $1 AND r.patient_id = $2 AND r.therapist_id = t.person_id))
        OR ('supervisor' = ANY($3) AND EXISTS (
        SELECT FROM supervisions oversees
        WHERE oversees.tenant_id = $1 AND oversees.supervisor_id = $2
            AND oversees.ended_at IS NULL AND oversees.therapist_id = t.person_id)))
    AND {condition}"""


RECORDS_WINDOW = """(SELECT w.days FROM records_windows w
        WHERE w.tenant_id = c.tenant_id AND w.clinic_id = c.clinic_id) AS records_window_days"""


CLINIC = f"""c.clinic_id AS id, c.name, c.zone, c.locale,
    coalesce(c.crisis_texts, '[]') AS crisis_texts, c.response_expectation, {RECORDS_WINDOW}"""


def clinic(condition: str = "true") -> str:
    """One's own. Analysts have the analytics stream, and nothing else."""
    return f"""
SELECT {CLINIC} FROM clinics c
WHERE c.tenant_id = $1 AND NOT ($3 <@ ARRAY['analyst']) AND {condition}"""
