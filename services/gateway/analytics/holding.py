"""Where the facts lie of patients who have not consented, in case their consent comes late.

Only places are kept, and only for as long as a consent may be late. A late consent takes each
stream back to where the consent begins: its head is set back, and what was passed by stands among
the parked records again, due at once. So it is read again in order, checked again link by link, and
published exactly once, by the same gate as everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from libs.eventstore.parking import WAITS, Place
from libs.eventstore.recorded import Recorded

_LONGER = timedelta(hours=1)
"""Kept beyond what a late consent takes back, for a purge goes through the rows in no order, and a
stream with a hole in it could not be read again.
"""

_HOLD = text("""
INSERT INTO analytics_held (tenant_id, patient_id, stream_id, version, chain_before, topic,
                            partition, topic_id, "offset", recorded_at)
SELECT tenant_id, patient_id, stream_id, version, chain_before, topic, partition, topic_id,
       "offset", recorded_at
FROM unnest(CAST(:tenants AS uuid[]), CAST(:patients AS uuid[]), CAST(:streams AS text[]),
            CAST(:versions AS int[]), CAST(:chains AS bytea[]), CAST(:topics AS text[]),
            CAST(:partitions AS int[]), CAST(:offsets AS bigint[]), CAST(:times AS timestamptz[]))
  AS h(tenant_id, patient_id, stream_id, version, chain_before, topic, partition, "offset",
       recorded_at)
JOIN positions USING (topic, partition)
WHERE reader = :reader
ORDER BY tenant_id, patient_id, stream_id, version
ON CONFLICT (tenant_id, patient_id, stream_id, version) DO NOTHING
""")
# Places in a topic that was lost since are of no use any more; what came after it was made again
# is the end of each stream, and still whole.
_RECALL = text("""
WITH due AS (
  DELETE FROM analytics_held h
  WHERE tenant_id = :tenant AND patient_id = :patient AND recorded_at >= :since
  RETURNING h.*
), findable AS (
  SELECT due.* FROM due JOIN positions USING (topic, partition, topic_id) WHERE reader = :reader
), first AS (
  SELECT DISTINCT ON (stream_id) stream_id, version, chain_before FROM findable
  ORDER BY stream_id, version
), back AS (
  UPDATE applied a SET version = first.version - 1, chain = first.chain_before FROM first
  WHERE (a.reader, a.tenant_id, a.stream_id) = (:reader, :tenant, first.stream_id)
)
INSERT INTO parked (reader, topic, partition, topic_id, "offset", tenant_id, stream_id, version,
                    code, since, tries, retry_at)
SELECT :reader, topic, partition, topic_id, "offset", tenant_id, stream_id, version,
       :waits, :now, 0, :now
FROM findable
ON CONFLICT (reader, topic, partition, topic_id, "offset") DO UPDATE
SET retry_at = excluded.retry_at
""")
_FORGET = text("""
DELETE FROM analytics_held
WHERE tenant_id = :tenant AND patient_id = :patient AND recorded_at < :until
""")


@dataclass(frozen=True, slots=True)
class Held:
    """`chain_before` is the chain of the version before, which the stream is taken up from."""

    recorded: Recorded
    chain_before: bytes
    place: Place


def hold(db: Connection, reader: str, held: Sequence[Held]) -> None:
    if not held:
        return
    db.execute(
        _HOLD,
        {
            "reader": reader,
            "tenants": [one.recorded.tenant_id for one in held],
            "patients": [one.recorded.subject_id for one in held],
            "streams": [one.recorded.stream_id for one in held],
            "versions": [one.recorded.version for one in held],
            "chains": [one.chain_before for one in held],
            "topics": [one.place[0].topic for one in held],
            "partitions": [one.place[0].number for one in held],
            "offsets": [one.place[1] for one in held],
            "times": [one.recorded.recorded_at for one in held],
        },
    )


def recall(
    db: Connection,
    reader: str,
    tenant_id: UUID,
    patient_id: UUID,
    *,
    since: datetime,
    now: datetime,
) -> int:
    """How many facts will be read again. The caller holds everything still."""
    return db.execute(
        _RECALL,
        {
            "reader": reader,
            "tenant": tenant_id,
            "patient": patient_id,
            "since": since,
            "waits": WAITS,
            "now": now,
        },
    ).rowcount


def purge(held_for: timedelta) -> str:
    """A statement that forgets at most `%s` places that have had their time."""
    seconds = int((held_for + _LONGER).total_seconds())
    return f"""
DELETE FROM analytics_held WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM analytics_held WHERE recorded_at < now() - {seconds} * interval '1 second'
  LIMIT %s))
"""  # noqa: S608 - our own number


def forget(db: Connection, tenant_id: UUID, patient_id: UUID, *, until: datetime) -> None:
    """What a withdrawn consent might have let through."""
    db.execute(_FORGET, {"tenant": tenant_id, "patient": patient_id, "until": until})
