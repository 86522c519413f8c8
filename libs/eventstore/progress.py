"""How far a reader has come: its place in each partition and the version it applied of each stream.

Written in the reader's own transaction, together with what it made of the facts; the tables are in
`progress.sql`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from libs.eventstore.migrations import run_script
from libs.messaging.broker import Partition

Stream = tuple[UUID, str]
"""Tenant and stream id."""


class Head(NamedTuple):
    """The last version applied of a stream, and its chain, which the next one must continue. A
    tuple, because every record moves one.
    """

    version: int = 0
    chain: bytes = b""


NOTHING_YET = Head()


@dataclass(frozen=True, slots=True)
class Move:
    partition: Partition
    expected: int
    next: int


class PlaceTaken(Exception):  # noqa: N818 - roll back, read the place again, seek
    """Another process of this reader has come further in one of these partitions."""


_STAND = text("""
INSERT INTO positions AS p (reader, topic, partition, topic_id, next)
SELECT :reader, s.topic, s.number, s.topic_id, 0
FROM unnest(CAST(:topics AS text[]), CAST(:numbers AS int[]), CAST(:topic_ids AS text[]))
  AS s(topic, number, topic_id)
ORDER BY s.topic, s.number
ON CONFLICT (reader, topic, partition) DO UPDATE
SET next = CASE WHEN p.topic_id = EXCLUDED.topic_id THEN p.next ELSE 0 END,
    topic_id = EXCLUDED.topic_id
RETURNING topic, partition, next
""")
_ADVANCE = text("""
UPDATE positions p SET next = m.next
FROM unnest(CAST(:topics AS text[]), CAST(:numbers AS int[]),
            CAST(:expected AS bigint[]), CAST(:nexts AS bigint[]))
  AS m(topic, number, expected, next)
WHERE p.reader = :reader AND p.topic = m.topic AND p.partition = m.number AND p.next = m.expected
""")
_HEADS = text("""
SELECT tenant_id, stream_id, version, chain FROM applied
JOIN unnest(CAST(:tenants AS uuid[]), CAST(:streams AS text[])) AS s(tenant_id, stream_id)
USING (tenant_id, stream_id)
WHERE reader = :reader
""")
_APPLY = text("""
INSERT INTO applied AS a (reader, tenant_id, stream_id, version, chain)
SELECT :reader, s.tenant_id, s.stream_id, s.version, s.chain
FROM unnest(CAST(:tenants AS uuid[]), CAST(:streams AS text[]),
            CAST(:versions AS int[]), CAST(:chains AS bytea[]))
  AS s(tenant_id, stream_id, version, chain)
ON CONFLICT (reader, tenant_id, stream_id) DO UPDATE
SET version = EXCLUDED.version, chain = EXCLUDED.chain
WHERE a.version < EXCLUDED.version
""")


def create_progress_tables(
    connection: Connection, service: str, *, writer: str | None = None
) -> None:
    """For a migration: `create_progress_tables(op.get_bind(), "diary")`. `writer` is the role that
    reads the topics, `<service>_app` unless named. The walls come later: `build_progress_walls`.
    """
    app = f"{service}_app"
    run_script(connection, Path(__file__).parent / "progress.sql", app=app, writer=writer or app)


def stand(
    db: Connection, reader: str, topic_ids: Mapping[Partition, str]
) -> Mapping[Partition, int]:
    """Where to go on. A topic that was lost and made again (another id) is read from its start;
    the versions applied keep what was seen before from counting twice.
    """
    parts = sorted(topic_ids, key=_by_name)
    rows = db.execute(
        _STAND,
        {
            "reader": reader,
            "topics": [part.topic for part in parts],
            "numbers": [part.number for part in parts],
            "topic_ids": [topic_ids[part] for part in parts],
        },
    )
    return {Partition(topic, number): place for topic, number, place in rows}


def advance(db: Connection, reader: str, moves: Sequence[Move]) -> None:
    """Raises `PlaceTaken` unless every place still is where this process believes."""
    if not moves:
        return
    ordered = sorted(moves, key=lambda move: _by_name(move.partition))
    moved = db.execute(
        _ADVANCE,
        {
            "reader": reader,
            "topics": [move.partition.topic for move in ordered],
            "numbers": [move.partition.number for move in ordered],
            "expected": [move.expected for move in ordered],
            "nexts": [move.next for move in ordered],
        },
    )
    if moved.rowcount != len(ordered):
        raise PlaceTaken


def heads(db: Connection, reader: str, streams: Collection[Stream]) -> Mapping[Stream, Head]:
    """Streams of which nothing was applied yet are missing."""
    if not streams:
        return {}
    rows = db.execute(
        _HEADS,
        {
            "reader": reader,
            "tenants": [tenant for tenant, _ in streams],
            "streams": [stream for _, stream in streams],
        },
    )
    return {
        (tenant, stream): Head(version, bytes(chain)) for tenant, stream, version, chain in rows
    }


def apply(db: Connection, reader: str, reached: Mapping[Stream, Head]) -> None:
    """Raises `PlaceTaken` when somebody else applied one of these versions meanwhile."""
    if not reached:
        return
    ordered = sorted(reached.items(), key=lambda item: item[0])
    written = db.execute(
        _APPLY,
        {
            "reader": reader,
            "tenants": [tenant for (tenant, _), _ in ordered],
            "streams": [stream for (_, stream), _ in ordered],
            "versions": [head.version for _, head in ordered],
            "chains": [head.chain for _, head in ordered],
        },
    )
    if written.rowcount != len(ordered):
        raise PlaceTaken


def _by_name(partition: Partition) -> tuple[str, int]:
    return partition.topic, partition.number
