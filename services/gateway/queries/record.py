"""A patient's whole record, chapter by chapter, each in an order that never changes.

Rows hold ids of the patient's own things. Of other people there is what the patient knows them by:
a therapist's name. Whoever told a fact is there by their role alone.
"""

from services.gateway.queries import things
from services.gateway.queries.timeline import ITEMS, NOT_PRIVATE, newest_visible
from services.gateway.queries.visible import may_see, shared

# $6 is the patient.
# ruff: noqa: S608 - every statement here is text of ours, values are arguments

_THERAPIST = "json_build_object('role', 'therapist', 'name', x.therapist -> 'name') AS therapist"

_ANY_PRIVATE = f"""
SELECT jsonb_path_query_first(
    jsonb_build_array(e.notes, e.location, e.answers), '$.** ? (exists(@.ciphertext))')
FROM entries e
WHERE e.tenant_id = $1 AND e.patient_id = p.person_id AND e.visibility = 'private'
    AND {shared("e.visibility", "e.patient_id")}
ORDER BY e.recorded_at DESC LIMIT 1"""

HEAD = f"""
SELECT p.person_id AS id, p.name, p.zone, p.locale, p.discharged_at, p.died_on,
    (SELECT to_jsonb(c) FROM (
        SELECT clinic.name, clinic.zone FROM clinics clinic
        WHERE clinic.tenant_id = $1 AND clinic.clinic_id = $1) c) AS clinic,
    {newest_visible("p.person_id")} AS feed_number,
    (SELECT max(t.recorded_at) FROM timeline t
        WHERE t.tenant_id = $1 AND t.patient_id = p.person_id AND {NOT_PRIVATE}) AS recorded_at,
    ({_ANY_PRIVATE}) AS any_private
FROM people p
WHERE p.tenant_id = $1 AND p.person_id = $6 AND p.kind = 'patient' AND {may_see("p.person_id")}"""
"""Whose record it is, and how far it goes. `any_private` is some text of the patient's own, so that
the keyring is asked for that key too before anything is said.
"""

IS_THERE = f"""
SELECT p.person_id AS id FROM people p
WHERE p.tenant_id = $1 AND p.person_id = $6 AND p.kind = 'patient' AND {may_see("p.person_id")}"""

RELATIONSHIPS = f"""
SELECT x.id, {_THERAPIST}, x.began_at, x.ended_at FROM (
    SELECT r.relationship_id AS id, r.began_at, r.ended_at,
        (SELECT to_jsonb(t) FROM (
            SELECT person.name FROM people person WHERE person.tenant_id = $1
                AND person.person_id = r.therapist_id AND person.kind = 'therapist') t) AS therapist
    FROM relationships r
    WHERE r.tenant_id = $1 AND r.patient_id = $6 AND r.began_at IS NOT NULL
        AND {may_see("r.patient_id")}
) x ORDER BY x.began_at, x.id"""

SESSIONS = f"""
SELECT x.id, {_THERAPIST}, x.starts_at, x.zone, x.duration_min, x.status, x.started_at, x.ended_at
FROM ({things.sessions("s.patient_id = $6")}) x ORDER BY x.starts_at, x.id"""

GOALS = f"""
SELECT x.id, x.statement, x.target, x.set_by, x.set_at, x.lifecycle, x.achievement, x.progress,
    x.closing
FROM ({things.goals("g.patient_id = $6")}) x ORDER BY x.set_at, x.id"""


def _said(table: str, owner: str) -> str:
    """Everything said about it, by its kind, with when and in which role it was told."""
    return f"""(
    SELECT jsonb_object_agg(kind, items) FROM (
        SELECT kind, jsonb_agg(jsonb_build_object('told_at', told_at, 'by', by_role) || data
            ORDER BY version, place, part_id) AS items
        FROM {table} part WHERE part.tenant_id = $1 AND part.{owner} = x.id
        GROUP BY kind
    ) kinds
) AS parts"""


HOMEWORK = f"""
SELECT x.id, {_THERAPIST}, x.status, x.title, x.description, x.category, x.technique,
    x.technique_other, x.modality_tags, x.template_ref, x.instructions,
    x.procedure_tags, x.worksheet, x.target_cognition, x.created_in_session_id,
    x.continues_from, x.created_at, x.activated_at, x.closed_at, x.due_at, x.due_session_id,
    x.due_rule, x.self_directed, x.version, {_said("assignment_parts", "assignment_id")}
FROM ({things.assignments("a.patient_id = $6")}) x ORDER BY x.created_at, x.id"""

_OF_THEIR_HOMEWORK = """(
    SELECT own.assignment_id FROM assignments own
    WHERE own.tenant_id = $1 AND own.assignment_id = x.assignment_id
        AND own.patient_id = x.patient_id) AS assignment_id"""
"""Diary and review do not know whose homework a fact names; somebody else's is not told here."""

OCCURRENCES = f"""
SELECT x.id, x.assignment_id, x.plan_version, x.local_date, x.slot, x.opens_at, x.due_at, x.zone,
    x.state, x.started_at, x.quantity, x.experienced_at, x.note, x.settled_at
FROM ({things.occurrences("o.patient_id = $6")}) x ORDER BY x.opens_at, x.slot, x.id"""

ENTRIES = f"""
SELECT x.id, {_OF_THEIR_HOMEWORK}, x.occurrence_id, x.worksheet, x.definition_version,
    x.started_at, x.ended_at, x.zone, x.recording_mode, x.time_uncertain, x.source, x.visibility,
    x.location, x.with_whom, x.with_whom_other, x.notes, x.answers, x.recorded_at
FROM ({things.entries("e.patient_id = $6")}) x ORDER BY x.started_at, x.id"""

REVIEWS = f"""
SELECT x.id, {_OF_THEIR_HOMEWORK}, x.session_id, x.status, x.decision, x.note, x.opened_at,
    x.completed_at, x.version, {_said("review_parts", "review_id")}
FROM ({things.reviews("r.patient_id = $6")}) x ORDER BY x.opened_at, x.id"""

NOTEBOOK = f"""
SELECT x.id, x.kind, x.visibility, x.kept_at, {_OF_THEIR_HOMEWORK}, x.review_id, x.session_id
FROM ({things.notebook("n.patient_id = $6")}) x ORDER BY x.kept_at, x.id"""

RATINGS = f"""
SELECT r.measure, r.rating, r.rated_at, r.recorded_at,
    coalesce(v.assignment_id, r.stream_id) AS assignment_id
FROM ratings r
LEFT JOIN reviews v ON v.tenant_id = $1 AND v.review_id = r.stream_id
    AND v.patient_id = r.patient_id
WHERE r.tenant_id = $1 AND r.patient_id = $6 AND {may_see("r.patient_id")}
ORDER BY r.rated_at, r.recorded_at, r.event_id, r.measure"""

CONSENTS = f"""
SELECT x.id, x.scope, x.purpose, x.text_version, x.attested, x.shared_with, x.relation, x.what_for,
    x.until, x.status, x.given_by, x.given_at, x.withdrawn_at
FROM ({things.consents("c.patient_id = $6")}) x ORDER BY x.given_at, x.id"""

HISTORY = f"""
SELECT x.id, x.type, x.service, x.category AS about, x.stream_id AS about_id, x.version,
    x.recorded_at, x.occurred_at, x.zone,
    CASE WHEN x.on_behalf_of IS NULL THEN x.actor_role ELSE 'patient' END AS by, x.codes
FROM ({ITEMS}) x ORDER BY x.recorded_at, x.id"""
"""Every fact: what kind, when, and by whom in which role. What was said stands in the chapters."""
