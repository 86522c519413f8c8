"""The passing of time, told to homework: what has closed expires, what comes in sight is published.

One clock of the service works at a time: the one whose transaction holds the lease row. Each look
at one homework is a request like any other, so it may be made again: a clock that dies in the
middle leaves the homework due, and the next one finds done what was done. What is due is due for as
long as nobody has looked: after a pause, a clock goes on with what has waited longest.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge

from libs.eventstore.calling import Call
from libs.eventstore.desk import Desk
from libs.eventstore.pool import UNREACHABLE, Pool, borrowed
from libs.eventstore.reacting import system_actor
from libs.eventstore.store import StoreUnavailable
from libs.eventstore.trouble import code_of, lies_in_the_record
from libs.tracing.correlating import correlated
from libs.tracing.spans import begun
from services.assignment.domain import assignment
from services.assignment.domain.homework import Homework, State
from services.assignment.domain.passing import PassTime, next_look

RESTS = 1.0
"""Seconds between looks at the clock, where nothing is due or another one has the lease."""

LONGEST_PAUSE = 5.0
AFTER_TROUBLE = timedelta(hours=1)
"""What could not be looked at because of what is recorded is tried again then."""

_PATIENCE = 2.0

_LOOKS = Counter("interlude_clock_looks_total", "Homework that the clock has seen to.", ["outcome"])
_BEHIND = Gauge(
    "interlude_clock_behind_seconds", "How long what is due has waited; 0 when nothing is."
)

_BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'"
_LEASE = "SELECT held FROM clock_lease FOR UPDATE SKIP LOCKED"
# The row stays locked until the next look is set: what is heard meanwhile asks for another one.
_NEXT = """
SELECT tenant_id, assignment_id, look_at FROM homework_looks WHERE look_at <= $1
ORDER BY look_at, tenant_id, assignment_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_LOOKED = """
UPDATE homework_looks SET look_at = $3 WHERE tenant_id = $1 AND assignment_id = $2
"""

log = structlog.get_logger(__name__)

Assignments = Desk[assignment.Command, State, assignment.Event]


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: UUID
    assignment_id: UUID
    since: datetime


class Clock:
    """`pool` is of the database as `assignment_clock`, `now` a clock in UTC."""

    def __init__(
        self,
        pool: Pool,
        assignments: Assignments,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._pool = pool
        self._assignments = assignments
        self._now = now
        self._new_id = new_id
        self._actor = system_actor("assignment")
        self._waiting: datetime | None = None
        self._failures = 0
        _BEHIND.set_function(self._behind)
        self.standing = False
        """Whether the last thing that it tried succeeded."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the look at hand is finished."""
        while not stop.is_set():
            rest = 0.0
            try:
                if not await self.look():
                    rest = RESTS
                self._failures, self.standing = 0, True
            except Exception as trouble:
                if lies_in_the_record(trouble):
                    raise
                rest = self._pause(trouble)
            if rest:
                await _unless(stop, rest)
        self.standing = False

    async def look(self) -> bool:
        """At the homework that has waited longest. False: nothing is due, or not for us to see to.

        Raises what passes by itself (`libs.eventstore.trouble`).
        """
        async with self._leased() as connection:
            due = None if connection is None else await _next(connection, self._now())
            self._waiting = due.since if due else None
            if due is None:
                return False
            again = await self._seen_to(due)
            await connection.execute(_LOOKED, due.tenant_id, due.assignment_id, again)
        return True

    @asynccontextmanager
    async def _leased(self) -> AsyncIterator[Any]:
        """None while another clock has the lease."""
        async with borrowed(self._pool, _PATIENCE) as connection:
            await connection.execute(_BEGIN)
            try:
                held = await connection.fetchrow(_LEASE)
                yield None if held is None else connection
            except BaseException:
                await _gone(connection)
                raise
            await connection.execute("COMMIT")

    async def _seen_to(self, due: _Due) -> datetime | None:
        """When to look again."""
        call = self._call(due)
        try:
            with (
                correlated(call.correlation_id, call.traceparent),
                begun("look at homework", "internal"),
            ):
                answer = await self._assignments.handle(call)
                found = await self._assignments.state(due.tenant_id, due.assignment_id)
        except Exception as error:
            if not lies_in_the_record(error):
                raise
            return self._left(due, code_of(error))
        _LOOKS.labels("already-so" if answer.already_so else "done").inc()
        state = None if found is None else found[0]
        return next_look(state, call.now) if isinstance(state, Homework) else None

    def _left(self, due: _Due, code: str) -> datetime:
        _LOOKS.labels(code).inc()
        log.warning("not-looked-at", assignment_id=str(due.assignment_id), code=code)
        return self._now() + AFTER_TROUBLE

    def _call(self, due: _Due) -> Call[assignment.Command, State]:
        """Without a key: what time has done already, it does not do again."""
        now = self._now()
        return Call(
            tenant_id=due.tenant_id,
            stream_uuid=due.assignment_id,
            command=PassTime(by=self._actor, happened_at=now, now=now),
            actor=self._actor,
            operation="clock",
            happened_at=now,
            zone="UTC",
            now=now,
            thing_id=due.assignment_id,
            key=None,
            fingerprint=b"",
            correlation_id=self._new_id(),
            causation_id=None,
            traceparent="",
        )

    def _behind(self) -> float:
        """Asked for when somebody looks, so that it grows while the clock cannot work."""
        since = self._waiting
        return 0.0 if since is None else max(0.0, (self._now() - since).total_seconds())

    def _pause(self, trouble: Exception) -> float:
        """In seconds."""
        self.standing = False
        seconds: float = min(LONGEST_PAUSE, 0.1 * 2**self._failures)
        self._failures += 1
        log.warning("paused", code=code_of(trouble), seconds=seconds)
        return seconds


async def _next(connection: Any, now: datetime) -> _Due | None:
    row = await connection.fetchrow(_NEXT, now)
    if row is None:
        return None
    return _Due(row["tenant_id"], row["assignment_id"], row["look_at"])


async def _gone(connection: Any) -> None:
    """Whatever happened, the lease is free; if nobody can be told, the connection is lost."""
    try:
        await connection.execute("ROLLBACK")
    except (*UNREACHABLE, StoreUnavailable):
        connection.terminate()


async def _unless(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
