"""The event store on PostgreSQL: every call is one statement, one round trip.

The SQL beside this file does the work; here its arguments are made and its answers read.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg

from libs.eventstore.errors import InFlight
from libs.eventstore.pool import UNREACHABLE, Connection, Pool, borrowed
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    KeyReused,
    Outcome,
    OutcomeUnknown,
    Remembered,
    Settled,
    StoreUnavailable,
    WrongVersion,
    refuse_too_large,
)

_WRONG_VERSION, _ANSWERED_BEFORE = 1, 2

_HELD_ELSEWHERE = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
_ROLLED_BACK = (
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
)

_ENVELOPE = attrgetter(
    "version",
    "event_id",
    "type",
    "subject_id",
    "actor_id",
    "actor_role",
    "on_behalf_of",
    "correlation_id",
    "causation_id",
    "traceparent",
    "occurred_at",
    "zone",
    "recorded_at",
)
_COLUMNS = 13 + 2  # the envelope's, data and chain


def _call(function: str, arguments: int) -> str:
    return f"SELECT * FROM {function}({', '.join(f'${n}' for n in range(1, arguments + 1))})"  # noqa: S608 - our own names


_APPEND_ONE = _call("append_one", 7 + _COLUMNS)
_APPEND_MANY = _call("append_many", 10 + 1 + _COLUMNS)
_READ = _call("read_stream", 3)
_SETTLE = _call("settle_stream", 5)

Borrow = Callable[[], AbstractAsyncContextManager[Connection]]


class StoreOnConnections:
    """`borrow` lends a connection for one statement."""

    def __init__(self, borrow: Borrow) -> None:
        self._borrow = borrow

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        """May raise `EventTooLarge`, `StoreUnavailable` and `InFlight`, after which nothing was
        written, and `OutcomeUnknown`.
        """
        refuse_too_large(batch)
        if not batch:
            return []
        async with self._borrow() as connection:
            return _outcomes(batch, await _send(connection, batch))

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        rows = await self._fetch(_READ, tenant_id, stream_id, after)
        return [_recorded(tenant_id, stream_id, row) for row in rows]

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        rows = await self._fetch(_SETTLE, tenant_id, stream_id, after, scope, key)
        fingerprint, answer = rows[0]["fingerprint"], rows[0]["answer"]
        return Settled(
            tail=[_recorded(tenant_id, stream_id, row) for row in rows if row["event_id"]],
            remembered=None
            if key is None or fingerprint is None
            else Remembered(scope=scope, key=key, fingerprint=fingerprint, answer=answer),
        )

    def within(self, connection: Connection) -> "StoreOnConnections":
        """An open transaction at READ COMMITTED. A failure leaves it to be rolled back, and the
        setting `interlude.tenant` is the last call's until it ends.
        """
        return StoreOnConnections(lambda: nullcontext(connection))

    async def _fetch(self, statement: str, *arguments: Any) -> Sequence[Mapping[str, Any]]:
        async with self._borrow() as connection:
            try:
                rows: Sequence[Mapping[str, Any]] = await connection.fetch(statement, *arguments)
            except ValueError:
                raise  # asyncpg's own for an argument of the wrong type: our mistake
            except (*UNREACHABLE, *_HELD_ELSEWHERE) as error:
                raise StoreUnavailable from error
        return rows


class PostgresEventStore(StoreOnConnections):
    """`patience` is how many seconds a call waits for a free connection."""

    def __init__(self, pool: Pool, *, patience: float = 2.0) -> None:
        super().__init__(partial(borrowed, pool, patience))


async def _send(connection: Connection, batch: Sequence[Append]) -> Sequence[Mapping[str, Any]]:
    statement, arguments = _one(batch[0]) if _is_one_fact(batch) else _many(batch)
    try:
        rows: Sequence[Mapping[str, Any]] = await connection.fetch(statement, *arguments)
    except ValueError:
        raise  # as above
    except _HELD_ELSEWHERE as error:
        raise InFlight from error
    except _ROLLED_BACK as error:
        raise StoreUnavailable from error
    except UNREACHABLE as error:
        raise OutcomeUnknown from error
    return rows


def _is_one_fact(batch: Sequence[Append]) -> bool:
    return len(batch) == 1 and len(batch[0].events) == 1


def _one(append: Append) -> tuple[str, Sequence[Any]]:
    (event,) = append.events
    return _APPEND_ONE, (
        append.tenant_id,
        append.stream_id,
        append.expected,
        *_remembered(append),
        *_ENVELOPE(event),
        event.data.decode(),
        event.chain,
    )


def _many(batch: Sequence[Append]) -> tuple[str, Sequence[Any]]:
    numbers = [n for n, append in enumerate(batch, 1) for _ in append.events]
    events = [event for append in batch for event in append.events]
    elements = zip(*map(_element, batch), strict=True)
    return _APPEND_MANY, (*elements, numbers, *_columns(events))


def _element(append: Append) -> tuple[Any, ...]:
    last = append.events[-1] if append.events else None
    return (
        append.tenant_id,
        append.stream_id,
        append.expected,
        append.expected + len(append.events),
        last.chain if last else b"",
        last.recorded_at if last else None,
        *_remembered(append),
    )


def _remembered(append: Append) -> tuple[Any, ...]:
    key = append.remember
    return (key.scope, key.key, key.fingerprint, key.answer) if key else (None, None, None, None)


def _columns(events: Sequence[Recorded]) -> Sequence[Sequence[Any]]:
    if not events:
        return [()] * _COLUMNS
    return [
        *zip(*map(_ENVELOPE, events), strict=True),
        [event.data.decode() for event in events],
        [event.chain for event in events],
    ]


def _outcomes(batch: Sequence[Append], rows: Sequence[Mapping[str, Any]]) -> Sequence[Outcome]:
    lost = {row["element"]: row for row in rows}
    return [_outcome(append, lost.get(n)) for n, append in enumerate(batch, 1)]


def _outcome(append: Append, row: Mapping[str, Any] | None) -> Outcome:
    if row is None:
        return Appended(append.expected + len(append.events))
    match row["outcome"]:
        case code if code == _WRONG_VERSION:
            return WrongVersion(row["version"])
        case code if code == _ANSWERED_BEFORE:
            return AnsweredBefore(row["answer"])
        case _:
            return KeyReused()


def _recorded(tenant_id: UUID, stream_id: str, row: Mapping[str, Any]) -> Recorded:
    return Recorded(
        event_id=row["event_id"],
        stream_id=stream_id,
        version=row["version"],
        type=row["type"],
        tenant_id=tenant_id,
        subject_id=row["subject_id"],
        actor_id=row["actor_id"],
        actor_role=row["actor_role"],
        on_behalf_of=row["on_behalf_of"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        traceparent=row["traceparent"],
        occurred_at=row["occurred_at"],
        zone=row["zone"],
        recorded_at=row["recorded_at"],
        data=row["data"].encode(),
        chain=row["chain"],
    )
