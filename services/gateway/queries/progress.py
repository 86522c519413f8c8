"""Adherence by formula, and every rating as a series with its scale.

quantity    done / occurrences whose window has closed (withdrawn ones count nowhere)
timeliness  done within the window / done
quality     the mean of ratings 0-4 per rater; nobody rates it yet

An empty denominator is null with a reason, never 100 %; what is still open is not missed.
"""

from services.gateway.queries.visible import may_see

# ruff: noqa: S608 - every statement here is text of ours, values are arguments

_DONE = "o.told IN ('completed', 'partial')"
_CLOSED = "(o.due_at <= $5::timestamptz AND o.told <> 'not_applicable')"
_IN_TIME = """((o.experienced_at ->> 'start')::timestamptz >= o.opens_at
    AND (o.due_at IS NULL OR (o.experienced_at ->> 'start')::timestamptz < o.due_at))"""

_ADHERENCE = f"""
SELECT a.assignment_id AS id, a.title, a.status, a.created_at, a.closed_at,
    count(o.*) FILTER (WHERE o.told <> 'not_applicable') AS scheduled,
    count(o.*) FILTER (WHERE {_CLOSED}) AS closed,
    coalesce(sum(o.quantity / 100.0) FILTER (WHERE {_CLOSED} AND {_DONE}), 0) AS done,
    count(o.*) FILTER (WHERE {_DONE}) AS completed,
    count(o.*) FILTER (WHERE {_DONE} AND {_IN_TIME}) AS in_time
FROM assignments a
LEFT JOIN occurrences o ON o.tenant_id = $1 AND o.assignment_id = a.assignment_id
    AND o.patient_id = a.patient_id
WHERE a.tenant_id = $1 AND a.patient_id = p.person_id AND a.created_at IS NOT NULL
    AND a.status <> 'entered_in_error'
GROUP BY a.tenant_id, a.assignment_id"""

_SERIES = """
SELECT r.measure, r.rating, r.rated_at, r.recorded_at,
    coalesce(v.assignment_id, r.stream_id) AS assignment_id
FROM ratings r
LEFT JOIN reviews v ON v.tenant_id = $1 AND v.review_id = r.stream_id
    AND v.patient_id = r.patient_id
WHERE r.tenant_id = $1 AND r.patient_id = p.person_id"""

PROGRESS = f"""
SELECT p.person_id AS id, p.person_id AS patient_id,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.created_at, x.id), '[]')
        FROM ({_ADHERENCE}) x) AS assignments,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.rated_at, x.recorded_at, x.measure), '[]')
        FROM ({_SERIES}) x) AS ratings
FROM people p
WHERE p.tenant_id = $1 AND p.person_id = $6 AND p.kind = 'patient' AND {may_see("p.person_id")}"""
