"""Requests that arrive while an append is in flight are appended together in the next one.

It never waits for company: an idle process appends at once, on its caller's own task.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    Append,
    EventStore,
    Outcome,
    OutcomeUnknown,
    Settled,
    StoreUnavailable,
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    append: Append
    outcome: "asyncio.Future[Outcome]"


class GroupCommit:
    """An event store around another; `most` bounds how many appends travel together."""

    def __init__(self, store: EventStore, *, most: int = 64) -> None:
        self._store = store
        self._most = most
        self._queue: deque[_Waiting] = deque()
        self._busy = False
        self._draining: asyncio.Task[None] | None = None

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        if self._busy:
            queued = [self._queued(append) for append in batch]
            return [await outcome for outcome in queued]
        self._busy = True
        try:
            return await self._store.append(batch)
        finally:
            self._hand_over()

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        return await self._store.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        return await self._store.settle(tenant_id, stream_id, after=after, scope=scope, key=key)

    def within(self, connection: Any) -> EventStore:
        return self._store.within(connection)

    def _queued(self, append: Append) -> "asyncio.Future[Outcome]":
        waiting = _Waiting(append, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        return waiting.outcome

    def _hand_over(self) -> None:
        if self._queue:
            self._draining = asyncio.create_task(self._drain())
        else:
            self._busy = False

    async def _drain(self) -> None:
        while self._queue:
            await self._append_together(self._next_group())
        self._busy = False

    def _next_group(self) -> Sequence[_Waiting]:
        """The longest waiting, each stream and key once; a second one waits for the next group."""
        group: list[_Waiting] = []
        later: list[_Waiting] = []
        taken: set[object] = set()
        while self._queue and len(group) < self._most:
            waiting = self._queue.popleft()
            names = _names(waiting.append)
            if waiting.outcome.done():
                continue  # its caller went away; nothing was sent
            if taken.isdisjoint(names):
                group.append(waiting)
            else:
                later.append(waiting)
            taken |= names  # also of those who wait, so that nobody overtakes on the same stream
        self._queue.extendleft(reversed(later))
        return group

    async def _append_together(self, group: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._store.append([waiting.append for waiting in group])
        except (OutcomeUnknown, StoreUnavailable) as error:
            # Never run again blindly: whoever has a key asks for what became of it.
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - goes to whom it belongs
            await self._append_singly(group, error)
        else:
            for waiting, outcome in zip(group, outcomes, strict=True):
                _answer(waiting, outcome)

    async def _append_singly(self, group: Sequence[_Waiting], error: Exception) -> None:
        """One bad member must not fail the others."""
        if len(group) == 1:
            _fail(group, error)
        else:
            await asyncio.gather(*[self._append_together([waiting]) for waiting in group])


def _names(append: Append) -> set[object]:
    stream = (append.tenant_id, append.stream_id)
    if append.remember is None:
        return {stream}
    return {stream, (append.tenant_id, append.remember.scope, append.remember.key)}


def _answer(waiting: _Waiting, outcome: Outcome) -> None:
    if not waiting.outcome.done():
        waiting.outcome.set_result(outcome)


def _fail(group: Sequence[_Waiting], error: Exception) -> None:
    for waiting in group:
        if not waiting.outcome.done():
            waiting.outcome.set_exception(error)
