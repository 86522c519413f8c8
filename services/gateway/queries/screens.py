"""What a screen needs, in one statement each."""

from services.gateway.queries import things
from services.gateway.queries.pages import paged
from services.gateway.queries.visible import AS_THERAPIST, may_see

# ruff: noqa: S608 - every statement here is text of ours, values are arguments

ME = f"""
SELECT (SELECT to_jsonb(p) FROM (
        SELECT person_id AS id, kind, name, zone, locale FROM people
        WHERE tenant_id = $1 AND person_id = $2
        ORDER BY (kind = 'patient') = $4 DESC LIMIT 1) p) AS person,
    (SELECT to_jsonb(c) FROM (
        SELECT {things.CLINIC}
        FROM clinics c WHERE c.tenant_id = $1 AND c.clinic_id = $1) c) AS clinic"""

OPEN = "('draft', 'proposed', 'declined', 'agreed', 'active', 'paused')"
"""What was declined is there to be revised together."""

_AWAITS_REVIEW = """a.status IN ('completed', 'partially_completed', 'not_done')
    AND NOT EXISTS (
        SELECT FROM reviews r WHERE r.tenant_id = $1 AND r.assignment_id = a.assignment_id
            AND r.patient_id = a.patient_id AND r.completed_at >= a.closed_at)"""

_ATTENTION = f"""
SELECT 'low_rating' AS reason, a.assignment_id, a.suggested_at AS since
FROM assignments a WHERE a.tenant_id = $1 AND a.patient_id = mine.patient_id
    AND a.status IN {OPEN} AND a.suggested_at > coalesce(a.adjusted_at, '-infinity')
UNION ALL
SELECT 'awaiting_review', a.assignment_id, a.closed_at
FROM assignments a WHERE a.tenant_id = $1 AND a.patient_id = mine.patient_id AND {_AWAITS_REVIEW}
UNION ALL
SELECT 'overdue', a.assignment_id, a.due_at
FROM assignments a WHERE a.tenant_id = $1 AND a.patient_id = mine.patient_id
    AND a.status = 'active' AND a.due_at < $5::timestamptz
UNION ALL
SELECT 'obstacle_reported', a.assignment_id, max(p.told_at)
FROM assignments a JOIN assignment_parts p
    ON p.tenant_id = $1 AND p.assignment_id = a.assignment_id AND p.kind = 'obstacle'
WHERE a.tenant_id = $1 AND a.patient_id = mine.patient_id
    AND p.data ->> 'phase' = 'unanticipated'
    AND p.told_at > coalesce((
        SELECT max(s.starts_at) FROM sessions s
        WHERE s.tenant_id = $1 AND s.patient_id = mine.patient_id AND s.off IS NULL
            AND (s.started_at IS NOT NULL OR s.ended_at IS NOT NULL)), '-infinity')
GROUP BY a.assignment_id"""

_LAST_RATING = """
SELECT p.data || jsonb_build_object('assignment_id', p.assignment_id)
FROM assignments a JOIN assignment_parts p
    ON p.tenant_id = $1 AND p.assignment_id = a.assignment_id AND p.kind = 'readiness_rating'
WHERE a.tenant_id = $1 AND a.patient_id = mine.patient_id
ORDER BY p.told_at DESC, p.version DESC LIMIT 1"""

_CASELOAD = f"""
SELECT mine.patient_id AS id, mine.patient_id, mine.since,
    (SELECT to_jsonb(x) FROM ({things.patients("p.person_id = mine.patient_id")}) x) AS patient,
    (SELECT count(*) FROM assignments a WHERE a.tenant_id = $1
        AND a.patient_id = mine.patient_id AND a.status IN {OPEN}) AS open_homework,
    ({_LAST_RATING}) AS last_rating,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.since, x.assignment_id), '[]')
        FROM ({_ATTENTION}) x) AS attention
FROM (
    SELECT r.patient_id, min(r.began_at) AS since FROM relationships r
    WHERE r.tenant_id = $1 AND {AS_THERAPIST} AND NOT ($4 AND r.patient_id = $2)
        AND r.therapist_id = $2 AND r.ended_at IS NULL
    GROUP BY r.patient_id
) mine"""

CASELOAD = paged(_CASELOAD, "since", "id", argument=6)

_STILL_OPEN_NOW = "o.state = 'available' AND o.opens_at < $5::timestamptz"
_LIES_ON_THAT_DAY = """o.settled_at IS NULL
    AND o.opens_local < day.local_date + 1 AND o.due_local > day.local_date"""

TODAY = f"""
SELECT day.patient_id, day.zone, day.local_date,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.opens_at, x.slot, x.id), '[]') FROM (
        SELECT o.*, (SELECT a.title FROM assignments a
            WHERE a.tenant_id = $1 AND a.assignment_id = o.assignment_id
                AND a.patient_id = o.patient_id) AS title
        FROM ({things.occurrences("o.patient_id = $6")}) o
        WHERE o.state <> 'not_applicable' AND (o.local_date = day.local_date
            OR CASE WHEN day.is_today THEN {_STILL_OPEN_NOW} ELSE {_LIES_ON_THAT_DAY} END)
    ) x) AS occurrences,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.created_at, x.id), '[]')
        FROM ({things.assignments("a.patient_id = $6 AND a.status = 'active'")}) x) AS assignments
FROM (
    SELECT p.person_id AS patient_id, p.zone, coalesce($7::date, now.day) AS local_date,
        coalesce($7::date, now.day) = now.day AS is_today
    FROM people p, LATERAL (SELECT ($5::timestamptz AT TIME ZONE p.zone)::date AS day) now
    WHERE p.tenant_id = $1 AND p.person_id = $6 AND p.kind = 'patient'
        AND {may_see("p.person_id")}
) day"""

_PREVIOUS = """
SELECT b.session_id, b.starts_at FROM sessions b
WHERE b.tenant_id = $1 AND b.patient_id = s.patient_id AND b.therapist_id = s.therapist_id
    AND b.off IS NULL AND b.starts_at < s.starts_at
ORDER BY b.starts_at DESC LIMIT 1"""


def _list(sql: str, order: str) -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY {order}), '[]') FROM ({sql}) x)"


_SINCE = "coalesce(previous.starts_at, '-infinity')"

_RATED = f"""
SELECT p.data || jsonb_build_object('assignment_id', p.assignment_id) AS told, p.told_at
FROM assignment_parts p JOIN assignments a USING (tenant_id, assignment_id)
WHERE p.tenant_id = $1 AND a.patient_id = s.patient_id AND p.kind = 'readiness_rating'
    AND p.told_at >= {_SINCE}
    AND EXISTS (SELECT FROM unnest(ARRAY['readiness', 'confidence', 'importance']) AS of
        WHERE (p.data #>> ARRAY[of, 'value'])::float / (p.data #>> ARRAY[of, 'scale', 'max'])::float
            < coalesce((SELECT c.low_confidence_threshold FROM clinics c
                WHERE c.tenant_id = $1 AND c.clinic_id = $1), 0.7))"""

_HINDERED = f"""
SELECT p.data || jsonb_build_object('assignment_id', p.assignment_id) AS told, p.told_at
FROM assignment_parts p JOIN assignments a USING (tenant_id, assignment_id)
WHERE p.tenant_id = $1 AND a.patient_id = s.patient_id AND p.kind = 'obstacle'
    AND p.data ->> 'phase' = 'unanticipated' AND p.told_at >= {_SINCE}"""

_STILL_OPEN = f"a.patient_id = s.patient_id AND a.status IN {OPEN}"
_CLOSED_SINCE = f"""a.patient_id = s.patient_id AND a.closed_at >= {_SINCE}
    AND a.status <> 'entered_in_error'"""
_REVIEWED = "r.patient_id = s.patient_id AND r.session_id = s.session_id"
_ENTERED = f"e.patient_id = s.patient_id AND e.recorded_at >= {_SINCE} AND e.visibility = 'shared'"

SESSION_AGENDA = f"""
SELECT s.patient_id,
    (SELECT to_jsonb(x) FROM ({things.sessions("s.session_id = $6")}) x) AS session,
    (SELECT to_jsonb(x) FROM ({things.sessions("s.session_id = previous.session_id")}) x)
        AS previous_session,
    {_list(things.assignments(_STILL_OPEN), "x.created_at, x.id")} AS open_assignments,
    {_list(things.assignments(_CLOSED_SINCE), "x.closed_at, x.id")} AS completed_assignments,
    (SELECT coalesce(jsonb_agg(x.told ORDER BY x.told_at), '[]') FROM ({_RATED}) x)
        AS low_ratings,
    (SELECT coalesce(jsonb_agg(x.told ORDER BY x.told_at), '[]') FROM ({_HINDERED}) x)
        AS obstacles,
    {_list(things.entries(_ENTERED), "x.started_at, x.id")} AS entries,
    {_list(things.reviews(_REVIEWED), "x.opened_at, x.id")} AS reviews
FROM sessions s LEFT JOIN LATERAL ({_PREVIOUS}) previous ON true
WHERE s.tenant_id = $1 AND s.session_id = $6 AND {may_see("s.patient_id")}"""

_HOLDS_TODAY = """c.scope = 'sharing' AND c.withdrawn_at IS NULL AND coalesce(
    c.until >= ($5::timestamptz AT TIME ZONE (
        SELECT p.zone FROM people p WHERE p.tenant_id = $1 AND p.person_id = c.patient_id
            AND p.kind = 'patient'))::date, true)"""
"""On the patient's day."""

CONSENTS = paged(things.consents("c.patient_id = $6"), "given_at", "id", argument=7)
SHARING = paged(
    things.consents(f"c.patient_id = $6 AND {_HOLDS_TODAY}"), "given_at", "id", argument=7
)
GOALS = paged(things.goals("g.patient_id = $6"), "set_at", "id", argument=7)
DIARY = paged(things.entries("e.patient_id = $6"), "started_at", "id", argument=7)
NOTEBOOK = paged(things.notebook("n.patient_id = $6"), "kept_at", "id", argument=7)
ASSIGNMENTS = paged(
    things.assignments("a.patient_id = $6 AND ($7::text[] IS NULL OR a.status = ANY($7))"),
    "created_at",
    "id",
    argument=8,
)
