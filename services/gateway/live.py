"""Live changes: one listening connection per process, woken subscribers, places to resume from.

A notice only says whom something is about. What a subscriber is sent is read from the feed after
its own place, so nothing is lost or repeated when notices are; and a subscriber that cannot keep
up is told to come back, never waited for.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from libs.eventstore.changes import CHANNEL, heard
from libs.eventstore.pool import UNREACHABLE

log = structlog.get_logger()

LOOK_ANYWAY = 15.0
"""Seconds after which a subscriber looks by itself: a notice may be lost with its projector."""

_RETRY = 1.0
_WAITING = 1
"""Notices that say the same: look again. One is enough to keep."""

About = tuple[UUID, UUID | str]
"""Tenant, and a patient or a stream."""


class Live:
    """Knows who waits for news about whom."""

    def __init__(self) -> None:
        self._waiting: dict[About, set[asyncio.Event]] = defaultdict(set)
        self.listening = False

    @asynccontextmanager
    async def news(self, *abouts: About) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever there may be something new about one of these."""
        waker = asyncio.Event()
        for about in abouts:
            self._waiting[about].add(waker)
        try:
            yield waker
        finally:
            for about in abouts:
                self._leave(about, waker)

    def news_of_streams(
        self, tenant_id: UUID, streams: Collection[str]
    ) -> AbstractAsyncContextManager[asyncio.Event]:
        return self.news(*((tenant_id, stream) for stream in streams))

    def tell(self, payload: str) -> None:
        changes = heard(payload)
        abouts: Iterable[UUID | str] = (*changes.subjects, *changes.streams)
        for about in abouts:
            self._wake(self._waiting.get((changes.tenant_id, about), set()))

    def tell_everybody(self) -> None:
        """After a break in listening: who knows what was said meanwhile."""
        for wakers in self._waiting.values():
            self._wake(wakers)

    def _leave(self, about: About, waker: asyncio.Event) -> None:
        self._waiting[about].discard(waker)
        if not self._waiting[about]:
            del self._waiting[about]

    @staticmethod
    def _wake(wakers: set[asyncio.Event]) -> None:
        for waker in wakers:
            waker.set()


async def listen(live: Live, connect: Callable[[], Any]) -> None:
    """Until cancelled. `connect` opens a connection of its own; a lost one is opened again."""
    while True:
        try:
            connection = await connect()
        # Whatever a server says that lets nobody in: nobody would start this loop again.
        except (*UNREACHABLE, asyncpg.PostgresError) as lost:
            log.warning("not-listening", error=type(lost).__name__)
            await asyncio.sleep(_RETRY)
            continue
        lost_it = asyncio.Event()
        connection.add_termination_listener(lambda *_, gone=lost_it: gone.set())
        with suppress(*UNREACHABLE):
            await connection.add_listener(CHANNEL, lambda *told: live.tell(told[3]))
            live.listening = True
            live.tell_everybody()
            try:
                await lost_it.wait()
            finally:
                live.listening = False
                await connection.close(timeout=2)


async def connection_to(url: str) -> Any:
    return await asyncpg.connect(
        url, server_settings={"application_name": "interlude-gateway-listen"}
    )
