"""Is the record whole? Every link of every chain, every version from 1, every stream's head.

A gap or a changed byte is found by the chain; a tail that was cut off, by the stream's head.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from libs.eventstore.chain import fits
from libs.eventstore.recorded import Recorded

_EVENTS = """
SELECT tenant_id, stream_id, version, event_id, type, subject_id, actor_id, actor_role,
  on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone, recorded_at,
  convert_to(data::text, 'UTF8') AS data, chain
FROM events ORDER BY tenant_id, stream_id, version
"""

# A stream at version 0 is one that was asked about before anything happened in it.
_WRONG_HEADS = """
SELECT tenant_id, stream_id, coalesce(s.version, e.version) AS version, 'head-differs' AS code
FROM streams s
FULL JOIN (SELECT DISTINCT ON (tenant_id, stream_id) tenant_id, stream_id, version, chain
           FROM events ORDER BY tenant_id, stream_id, version DESC) e USING (tenant_id, stream_id)
WHERE coalesce(s.version, 0) <> coalesce(e.version, 0) OR s.head <> e.chain
"""

_UNPUBLISHED = "SELECT event_id FROM outbox JOIN events USING (position)"
_EVERYTHING = "SELECT count(*) FROM events"
_WAITING = "SELECT count(*) FROM outbox"
_STRAY = "SELECT count(*) FROM outbox LEFT JOIN events USING (position) WHERE event_id IS NULL"

_PORTION = 2000

Seen = Callable[[Recorded, bool], None]
"""Hears of every event, and whether it was published."""
Progress = Callable[[int, int], None]


def unheard(_one: object, _other: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: `gap`, `chain-broken`, `time-went-back` (the first of a stream), `head-differs`."""

    tenant_id: UUID
    stream_id: str
    version: int
    code: str


@dataclass(slots=True)
class Verified:
    """`waiting` counts outbox rows, `stray` those among them that name no event."""

    streams: int = 0
    events: int = 0
    waiting: int = 0
    stray: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.faults and not self.stray

    def __str__(self) -> str:
        return (
            f"{self.events} events in {self.streams} streams, {self.waiting} to be published: "
            + ("whole." if self.whole else f"{len(self.faults)} faults, {self.stray} strays.")
        )


def verify(
    connection: "psycopg.Connection[Any]",
    chain_key: bytes,
    *,
    seen: Seen = unheard,
    progress: Progress = unheard,
) -> Verified:
    """As `<service>_relay`, which sees every tenant. Reads one snapshot, in portions; `progress`
    hears of each, and may raise, to stop.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    verified = Verified()
    with connection.transaction():
        unpublished, total = _unpublished(connection), _count(connection, _EVERYTHING)
        events = _told(_events(connection), unpublished, seen, lambda done: progress(done, total))
        for _, history in groupby(events, attrgetter("tenant_id", "stream_id")):
            verified.streams += 1
            _check(history, chain_key, verified)
        with connection.cursor(row_factory=class_row(Fault)) as cursor:
            verified.faults += cursor.execute(_WRONG_HEADS)
        verified.waiting = _count(connection, _WAITING)
        verified.stray = _count(connection, _STRAY)
    return verified


def _told(
    events: Iterable[Recorded],
    unpublished: Collection[UUID],
    seen: Seen,
    progress: Callable[[int], None],
) -> Iterator[Recorded]:
    for number, recorded in enumerate(events, 1):
        seen(recorded, recorded.event_id not in unpublished)
        if number % _PORTION == 0:
            progress(number)
        yield recorded


def _check(history: Iterator[Recorded], key: bytes, verified: Verified) -> None:
    last: Recorded | None = None
    sound = True
    for recorded in history:
        verified.events += 1
        code = _misfit(last, recorded, key) if sound else None
        if code:
            sound = False  # what follows a fault cannot fit either; one line says it all
            place = recorded.tenant_id, recorded.stream_id
            verified.faults.append(Fault(*place, recorded.version, code))
        last = recorded


def _misfit(last: Recorded | None, recorded: Recorded, key: bytes) -> str | None:
    if recorded.version != (last.version if last else 0) + 1:
        return "gap"
    if not fits(key, last.chain if last else b"", recorded):
        return "chain-broken"
    if last and recorded.recorded_at < last.recorded_at:
        return "time-went-back"
    return None


def _events(connection: "psycopg.Connection[Any]") -> Iterator[Recorded]:
    with connection.cursor(name="verify", row_factory=class_row(Recorded)) as cursor:
        cursor.itersize = _PORTION
        cursor.execute(_EVENTS)
        yield from cursor


def _unpublished(connection: "psycopg.Connection[Any]") -> Collection[UUID]:
    return {event_id for (event_id,) in connection.execute(_UNPUBLISHED)}


def _count(connection: "psycopg.Connection[Any]", query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
