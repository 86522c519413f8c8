"""The timeline in the order of recording, and what became visible after a place in the feed."""

from services.gateway.queries.pages import paged
from services.gateway.queries.visible import may_see, shared

# ruff: noqa: S608 - every statement here is text of ours, values are arguments

NOT_PRIVATE = f"""(t.category NOT IN ('entry', 'notebook')
    OR (t.category = 'notebook' AND (t.type = 'HomeworkFiled'
        OR {shared("coalesce(t.visibility, 'private')", "t.patient_id")}))
    OR (t.category = 'entry' AND EXISTS (
        SELECT FROM entries e WHERE e.tenant_id = $1 AND e.entry_id = t.stream_id
            AND {shared("e.visibility", "t.patient_id")})))"""
"""Of a fact `t`: what somebody recorded for themselves alone is their own, down to the fact that it
was recorded.
"""

ITEMS = f"""
SELECT t.event_id AS id, t.patient_id, t.type, t.service, t.category, t.stream_id, t.version,
    t.recorded_at, t.occurred_at, t.zone, t.actor_id, t.actor_role, t.on_behalf_of, t.refs, t.codes,
    t.excerpt
FROM timeline t
WHERE t.tenant_id = $1 AND t.patient_id = $6 AND {may_see("t.patient_id")} AND {NOT_PRIVATE}"""

PAGE = paged(ITEMS, "recorded_at", "id", argument=7)

SINCE = f"""
SELECT item.*, f.number FROM feed f
JOIN ({ITEMS}) item ON item.id = f.event_id
WHERE f.tenant_id = $1 AND f.patient_id = $6 AND f.number > $7
ORDER BY f.number LIMIT $8"""

HEAD = f"""
SELECT coalesce(h.number, 0) AS number FROM people p
LEFT JOIN feed_heads h ON h.tenant_id = p.tenant_id AND h.patient_id = p.person_id
WHERE p.tenant_id = $1 AND p.person_id = $6 AND p.kind = 'patient' AND {may_see("p.person_id")}"""


def newest_visible(patient: str) -> str:
    """The number of the newest fact that the one who asks may see; 0 before the first. What lies
    after it is not theirs to see, so who resumes from there misses nothing, and a private fact
    leaves the number as it was.
    """
    return f"""coalesce((
    SELECT f.number FROM feed f JOIN timeline t USING (tenant_id, event_id)
    WHERE f.tenant_id = $1 AND f.patient_id = {patient} AND {NOT_PRIVATE}
    ORDER BY f.number DESC LIMIT 1), 0)"""


NUMBER_OF = f"""
SELECT f.number FROM feed f
JOIN ({ITEMS}) item ON item.id = f.event_id
WHERE f.tenant_id = $1 AND f.patient_id = $6 AND f.event_id = $7"""
