"""Records that could not be applied: parked by their place, never skipped, and read again later.

A parked record is never stored here, only where it lies; what it holds stays in the topic.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from libs.eventstore.progress import Head, Stream
from libs.messaging.broker import Partition

WAITS = "waits-for-earlier"
"""The code of a record whose stream has not come so far: what comes before is missing or parked."""

CHAIN_BROKEN = "chain-broken"
"""The code of a record that the owner of its stream did not write."""

CLAIMED_FOR = timedelta(minutes=1)

Place = tuple[Partition, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """`stream` and `version` are missing where the record was not readable.

    `retry_at` None waits for somebody to look at it.
    """

    place: Place
    stream: Stream | None
    version: int | None
    code: str
    retry_at: datetime | None = None


_PARK = text("""
INSERT INTO parked AS p (reader, topic, partition, topic_id, "offset", tenant_id, stream_id,
                         version, code, since, tries, retry_at)
SELECT reader, topic, partition, topic_id, s."offset", s.tenant_id, s.stream_id,
       s.version, s.code, :now, 1, s.retry_at
FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]),
            CAST(:tenants AS uuid[]), CAST(:streams AS text[]), CAST(:versions AS int[]),
            CAST(:codes AS text[]), CAST(:retries AS timestamptz[]))
  AS s(topic, partition, "offset", tenant_id, stream_id, version, code, retry_at)
JOIN positions q USING (topic, partition)
WHERE reader = :reader AND NOT EXISTS (
  SELECT FROM dismissed d
  WHERE (d.topic, d.partition, d.topic_id, d."offset")
      = (s.topic, s.partition, q.topic_id, s."offset")
)
ON CONFLICT (reader, topic, partition, topic_id, "offset") DO UPDATE
SET code = EXCLUDED.code, retry_at = EXCLUDED.retry_at, tries = p.tries + 1
""")
# A topic that was lost and made again has other offsets: rows of the old one match no place any
# more, and stay until their streams have come past them.
_PARKED_AT = text("""
SELECT topic, partition, "offset", tries FROM parked
JOIN positions USING (reader, topic, partition, topic_id)
JOIN unnest(CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[]))
  AS s(topic, partition, "offset")
USING (topic, partition, "offset")
WHERE reader = :reader
""")
_SETTLE = text("""
DELETE FROM parked p
USING positions q, unnest(
  CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:offsets AS bigint[])
) AS s(topic, partition, "offset")
WHERE (p.reader, p.topic, p.partition, p."offset")
    = (:reader, s.topic, s.partition, s."offset")
  AND (q.reader, q.topic, q.partition, q.topic_id)
    = (:reader, p.topic, p.partition, p.topic_id)
""")
_RELEASE = text("""
WITH reached AS (
  SELECT * FROM
    unnest(CAST(:tenants AS uuid[]), CAST(:streams AS text[]), CAST(:versions AS int[]))
    AS s(tenant_id, stream_id, version)
), passed AS (
  DELETE FROM parked p USING reached r
  WHERE (p.reader, p.tenant_id, p.stream_id) = (:reader, r.tenant_id, r.stream_id)
    AND p.version <= r.version
)
UPDATE parked p SET retry_at = :now FROM reached r
WHERE (p.reader, p.tenant_id, p.stream_id) = (:reader, r.tenant_id, r.stream_id)
  AND p.version = r.version + 1 AND p.code = :waits
""")
_CLAIM = text("""
UPDATE parked p SET retry_at = :later
FROM positions q, unnest(CAST(:topics AS text[]), CAST(:partitions AS int[])) AS s(topic, partition)
WHERE (p.reader, p.topic, p.partition) = (:reader, s.topic, s.partition)
  AND (q.reader, q.topic, q.partition, q.topic_id) = (:reader, p.topic, p.partition, p.topic_id)
  AND p.retry_at <= :now
RETURNING p.topic, p.partition, p."offset"
""")
_COUNT = text("""
SELECT count(*), count(DISTINCT (tenant_id, stream_id)) FROM parked WHERE reader = :reader
""")
_WISH = text("""
UPDATE parked SET retry_at = :now, tries = 0
WHERE reader = :reader AND (CAST(:stream AS text) IS NULL OR stream_id = CAST(:stream AS text))
""")


def park(db: Connection, reader: str, records: Sequence[Parked], now: datetime) -> None:
    """A record that is parked already counts one more try; one that was dismissed stays out. That
    costs nobody anything as long as nothing is parked.
    """
    if records:
        db.execute(
            _PARK,
            {
                "reader": reader,
                "now": now,
                **_places([record.place for record in records]),
                "tenants": [record.stream and record.stream[0] for record in records],
                "streams": [record.stream and record.stream[1] for record in records],
                "versions": [record.version for record in records],
                "codes": [record.code for record in records],
                "retries": [record.retry_at for record in records],
            },
        )


def parked_at(db: Connection, reader: str, places: Collection[Place]) -> Mapping[Place, int]:
    """Those of these places where a record is parked, and how often it was tried."""
    if not places:
        return {}
    rows = db.execute(_PARKED_AT, {"reader": reader, **_places(places)})
    return {(Partition(topic, number), offset): tries for topic, number, offset, tries in rows}


def settle(db: Connection, reader: str, places: Collection[Place]) -> None:
    """These were applied after all, or turned out to have been applied before."""
    if places:
        db.execute(_SETTLE, {"reader": reader, **_places(places)})


def release(db: Connection, reader: str, reached: Mapping[Stream, Head], now: datetime) -> None:
    """What these streams have passed is done; what waited to be next in them is due now."""
    if reached:
        db.execute(
            _RELEASE,
            {
                "reader": reader,
                "now": now,
                "waits": WAITS,
                "tenants": [tenant for tenant, _ in reached],
                "streams": [stream for _, stream in reached],
                "versions": [head.version for head in reached.values()],
            },
        )


def claim(
    db: Connection, reader: str, partitions: Collection[Partition], now: datetime
) -> Collection[Place]:
    """What is due to be read again.

    What is claimed and then not found (its record is gone, or this process dies) is due again
    a minute later.
    """
    rows = db.execute(
        _CLAIM,
        {
            "reader": reader,
            "now": now,
            "later": now + CLAIMED_FOR,
            "topics": [partition.topic for partition in partitions],
            "partitions": [partition.number for partition in partitions],
        },
    )
    return {(Partition(topic, number), offset) for topic, number, offset in rows}


def count(db: Connection, reader: str) -> tuple[int, int]:
    """Parked records, and the streams that they belong to."""
    records, streams = db.execute(_COUNT, {"reader": reader}).one()
    return records, streams


def wish(db: Connection, reader: str, now: datetime, *, stream_id: str | None = None) -> int:
    """What `retry` asks for: the running reader tries everything parked (or this stream) again.

    Returns how many records that are.
    """
    return db.execute(_WISH, {"reader": reader, "now": now, "stream": stream_id}).rowcount


def _places(places: Collection[Place]) -> Mapping[str, Sequence[Any]]:
    return {
        "topics": [partition.topic for partition, _ in places],
        "partitions": [partition.number for partition, _ in places],
        "offsets": [offset for _, offset in places],
    }
