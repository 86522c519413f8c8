"""Wakes the relay with the first facts after a quiet while.

A relay looks the less often the longer nothing came (up to 100 ms apart), and a person who writes
the first thing in the morning waits for that look. NOTIFY stands outside of the append: inside, it
would serialise every commit of the server. While facts keep coming the relay looks every few
milliseconds by itself, so nothing is sent then.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import Append, Appended, EventStore, Outcome, Settled

QUIET = 0.2
"""Seconds after which the relay may have begun to look less often."""


class Waking:
    """An event store around another; `wake` is called after a commit, and never waited for."""

    def __init__(
        self,
        store: EventStore,
        wake: Callable[[], Awaitable[object]],
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._wake = wake
        self._monotonic = monotonic
        self._last = float("-inf")
        self._waking: asyncio.Task[None] | None = None

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await self._store.append(batch)
        if any(isinstance(outcome, Appended) for outcome in outcomes):
            self._appended()
        return outcomes

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        return await self._store.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        return await self._store.settle(tenant_id, stream_id, after=after, scope=scope, key=key)

    def within(self, connection: Any) -> EventStore:
        return self._store.within(connection)

    def _appended(self) -> None:
        now = self._monotonic()
        quiet, self._last = now - self._last > QUIET, now
        if quiet and (self._waking is None or self._waking.done()):
            self._waking = asyncio.create_task(self._woken())

    async def _woken(self) -> None:
        try:
            await self._wake()
        except UNREACHABLE:
            # The facts are recorded; the relay finds them by itself a little later.
            return
