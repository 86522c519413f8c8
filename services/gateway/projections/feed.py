"""In which order each patient's facts became visible: what live subscribers resume from.

Topics have no common order, so the recorded time cannot be a place to resume from: a fact of one
service may become visible after a later fact of another, and whoever resumed after the later one
would never be sent the earlier. These numbers are handed out under the patient's own row, which
stays locked until the commit: whoever has seen a number has seen all before it.

This is the projector's log of delivery, like its positions, not a read model: it is never rebuilt.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Uuid, text

from libs.eventstore.recorded import Recorded
from services.gateway.projections.timeline import NOT_ABOUT_A_PATIENT

metadata = MetaData()

feed_heads = Table(
    "feed_heads",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("event_id", Uuid, nullable=False),
)

tables = (feed_heads, feed)

# The heads are taken in the order of their keys, so that two projectors never wait in a circle.
_NUMBERED = text("""
WITH visible AS MATERIALIZED (
    SELECT tenant_id, patient_id, event_ids
    FROM json_to_recordset(CAST(:visible AS json))
        AS v(tenant_id uuid, patient_id uuid, event_ids uuid[])
), heads AS (
    INSERT INTO feed_heads AS h (tenant_id, patient_id, number)
    SELECT tenant_id, patient_id, cardinality(event_ids) FROM visible
    ORDER BY tenant_id, patient_id
    ON CONFLICT (tenant_id, patient_id) DO UPDATE SET number = h.number + excluded.number
    RETURNING tenant_id, patient_id, number
)
INSERT INTO feed (tenant_id, patient_id, number, event_id)
SELECT tenant_id, patient_id, heads.number - cardinality(event_ids) + told.place, told.event_id
FROM visible JOIN heads USING (tenant_id, patient_id)
CROSS JOIN unnest(event_ids) WITH ORDINALITY AS told(event_id, place)
""")


def project(db: Connection, events: Sequence[Recorded]) -> None:
    visible: dict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for recorded in events:
        if recorded.subject_id is not None and recorded.category not in NOT_ABOUT_A_PATIENT:
            visible[recorded.tenant_id, recorded.subject_id].append(recorded.event_id)
    told = [
        {"tenant_id": tenant_id, "patient_id": patient_id, "event_ids": event_ids}
        for (tenant_id, patient_id), event_ids in visible.items()
    ]
    if told:
        db.execute(_NUMBERED, {"visible": orjson.dumps(told).decode()})
