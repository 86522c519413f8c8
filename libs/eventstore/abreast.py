"""Two readers side by side: has the one read and applied exactly what the other has?"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from libs.messaging.broker import Partition

_PLACES = """
SELECT topic, partition, topic_id, next FROM positions WHERE reader = :reader
ORDER BY topic, partition
"""
_PARKED = text("""
SELECT count(DISTINCT (tenant_id, stream_id)) FROM parked
WHERE reader = :reader AND stream_id IS NOT NULL
""")
_AHEAD_OR_BEHIND = text("""
SELECT count(*) FROM (SELECT * FROM applied WHERE reader = :one) l
FULL JOIN (SELECT * FROM applied WHERE reader = :other) o USING (tenant_id, stream_id)
WHERE l.version IS DISTINCT FROM o.version
""")


@dataclass(frozen=True, slots=True)
class Stand:
    topic_id: str
    next: int


def places(db: Connection, reader: str, *, held: bool = False) -> Mapping[Partition, Stand]:
    """`held` keeps them from being moved until the transaction ends."""
    rows = db.execute(text(_PLACES + ("FOR UPDATE" if held else "")), {"reader": reader})
    return {Partition(topic, number): Stand(id_, next_) for topic, number, id_, next_ in rows}


def parked_streams(db: Connection, reader: str) -> int:
    """Records that no relay of ours wrote have no stream, and stop none."""
    return int(db.execute(_PARKED, {"reader": reader}).scalar_one())


def apart(db: Connection, one: str, other: str) -> int:
    """In how many streams the one has applied another version than the other."""
    return int(db.execute(_AHEAD_OR_BEHIND, {"one": one, "other": other}).scalar_one())
