"""Waiting until what a client has seen acknowledged has arrived here too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE, Pool, borrowed
from libs.eventstore.store import StoreUnavailable

KEEP = "keep"
"""The reader that keeps what a service's rules need to know; requests wait for it."""

_FIRST_LOOK = 0.005
_LONGEST_LOOK = 0.05
"""Seconds between looks: facts arrive within some ten milliseconds, or not so soon."""

News = Callable[[UUID, Collection[str]], AbstractAsyncContextManager[asyncio.Event]]
"""Of a clinic's streams: while inside, the event is set when one of them may have come further."""


@asynccontextmanager
async def _no_news(_tenant_id: UUID, _streams: Collection[str]) -> AsyncIterator[asyncio.Event]:
    yield asyncio.Event()


_REACHED = "SELECT count_reached($1, $2, $3, $4)"


class Awaiting:
    """`categories` are the kinds of streams that this reader follows; others are ignored, for
    they would never come. `monotonic` is a clock and `patience` a time in seconds. Where somebody
    hears of `news`, nobody need look often.
    """

    def __init__(
        self,
        pool: Pool,
        reader: str,
        categories: Collection[str],
        *,
        monotonic: Callable[[], float],
        patience: float = 2.0,
        news: News | None = None,
    ) -> None:
        self._pool = pool
        self._reader = reader
        self._categories = frozenset(categories)
        self._monotonic = monotonic
        self._patience = patience
        self._news = news or _no_news
        self._first_look = _FIRST_LOOK if news is None else _LONGEST_LOOK

    async def wait(
        self, tenant_id: UUID, streams: Sequence[tuple[str, int]], *, seconds: float
    ) -> bool:
        """Whether all of them (stream id, version) were applied within so many seconds.

        Raises `StoreUnavailable`.
        """
        followed = {
            stream: version for stream, version in streams if stream[:-37] in self._categories
        }
        until = self._monotonic() + seconds
        pause = self._first_look
        async with self._news(tenant_id, followed) as news:
            while not await self._reached(tenant_id, followed):
                left = until - self._monotonic()
                if left <= 0:
                    return False
                await _first_of(news, min(pause, left))
                pause = min(2 * pause, _LONGEST_LOOK)
        return True

    async def _reached(self, tenant_id: UUID, followed: dict[str, int]) -> bool:
        if not followed:
            return True
        try:
            async with borrowed(self._pool, self._patience) as connection:
                reached = await connection.fetchval(
                    _REACHED, self._reader, tenant_id, list(followed), list(followed.values())
                )
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return bool(reached == len(followed))


async def _first_of(news: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await news.wait()
    news.clear()
