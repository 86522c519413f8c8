"""The follower: an asyncio loop over other services' topics that keeps what this service's rules
need of them, and lets their facts cause requests here.

Two readers share one subscriber. `keep` and `react` have their own places, versions applied and
parked records, so emptying and rebuilding what is kept never makes a reaction happen again. Every
batch goes to `keep` first and, in the next transaction, to `react`, which therefore never knows
less than the fact that it reacts to. The subscriber stands where the slower of the two does; the
other lets pass what it has seen.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from libs.eventstore import parking
from libs.eventstore.awaiting import KEEP
from libs.eventstore.gauges import Gauges
from libs.eventstore.lagging import LOOK_EVERY
from libs.eventstore.parking import Place
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.reacting import Reacting
from libs.eventstore.surviving import Handler, survive
from libs.eventstore.taking import Batch, Failure, Reader, settle, take
from libs.eventstore.trouble import code_of, passes
from libs.eventstore.walking import Walk
from libs.messaging.broker import (
    Broker,
    BrokerUnavailable,
    Delivery,
    Partition,
    Polled,
    Subscriber,
    SubscriberLost,
)

__all__ = ["KEEP", "REACT", "Follower", "Part", "keeping", "reacting"]

REACT = "react"

BATCH = 200
"""Records: a reaction holds its streams until the batch commits, and requests wait for them."""
WAIT = 0.5
"""Seconds to wait for records; SIGTERM is seen at least that often."""
_CHECK_EVERY = 1.0
_CHECK_PARKED_EVERY = 0.25
"""Seconds between looks at what is due: the first retry of a miss comes so soon."""
_LONGEST_PAUSE = 10.0

log = structlog.get_logger(__name__)

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Handle = Callable[[AsyncConnection, Batch], Awaitable[Mapping[Place, Failure]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the readers that share the loop, and what it does with a batch. Where `traced` is
    False the handler says itself what it does in which trace.
    """

    reader: Reader
    handle: Handle
    traced: bool = True


def keeping(reader: Reader, keep: Handler) -> Part:
    """`keep(db, events)` writes this service's kept facts, every row from one stream."""

    async def handle(db: AsyncConnection, batch: Batch) -> Mapping[Place, Failure]:
        return await db.run_sync(survive, keep, batch.to_handle)

    return Part(reader, handle)


def reacting(reader: Reader, reactions: Reacting) -> Part:
    return Part(reader, reactions, traced=False)


class Follower:
    """`engine` is asyncpg's, of the service's own role; `now` a clock in UTC, `monotonic` one in
    seconds. The broker's client lives in one thread of its own.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        broker: Broker,
        parts: Sequence[Part],
        *,
        group: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._broker = broker
        self._parts = parts
        self._group = group
        self._now = now
        self._monotonic = monotonic
        self._walk = Walk([part.reader for part in parts])
        self._gauges = {
            part.reader.name: Gauges(part.reader.name, now=now, traced=part.traced)
            for part in parts
        }
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker")
        self._checked = self._measured = float("-inf")
        self._failures = 0
        self.parked = 0
        """Records, of all readers; while there are any, readiness is degraded."""
        self.standing = False
        """Whether the last thing that it tried succeeded."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then the batch at hand is committed and the group is left."""
        try:
            while not stop.is_set():
                try:
                    await self._subscribed(stop)
                except (SubscriberLost, BrokerUnavailable) as lost:
                    await self._pause(stop, lost)
        finally:
            self._thread.shutdown(wait=True)

    async def _subscribed(self, stop: asyncio.Event) -> None:
        subscribe = partial(self._broker.subscriber, group=self._group, topics=self._walk.topics)
        subscriber = await self._away(subscribe)
        try:
            await self._follow(subscriber, stop)
        finally:
            await self._away(subscriber.close)

    async def _follow(self, subscriber: Subscriber, stop: asyncio.Event) -> None:
        astray = False
        while not stop.is_set():
            try:
                if astray:
                    owned = await self._away(subscriber.owned)
                    await self._stand(subscriber, sorted(owned, key=str))
                await self.step(subscriber)
                astray, self.standing, self._failures = False, True, 0
            except PlaceTaken:
                astray = True
            except Exception as error:
                if not passes(error):
                    raise
                astray = True
                await self._pause(stop, error)

    async def step(self, subscriber: Subscriber) -> None:
        """One poll, and one transaction per reader for what it brought."""
        wait = _CHECK_PARKED_EVERY if self.parked else WAIT
        polled: Polled = await self._away(subscriber.poll, timeout=wait, most=BATCH)
        if polled.assigned:
            await self._stand(subscriber, polled.assigned)
        for part in self._parts if polled.deliveries else ():
            await self._apply(part, polled.deliveries)
        if polled.deliveries:
            read = {one.partition for one in polled.deliveries}
            await self._away(subscriber.note, {at: self._walk.front(at) for at in read})
        await self._look_around(subscriber, polled.deliveries)

    async def _stand(self, subscriber: Subscriber, partitions: Sequence[Partition]) -> None:
        topics = sorted({partition.topic for partition in partitions})
        ids = {topic: await self._away(self._broker.topic_id, topic) for topic in topics}
        async with self._engine.begin() as db:
            places = await db.run_sync(
                self._walk.stand, {partition: ids[partition.topic] for partition in partitions}
            )
        await self._seek(subscriber, places)
        self._checked = float("-inf")

    async def _apply(self, part: Part, deliveries: Sequence[Delivery]) -> None:
        reader, began = part.reader, self._now()
        async with self._engine.begin() as db:
            batch = await db.run_sync(take, reader, self._walk.of(reader), deliveries)
            failed = await part.handle(db, batch)
            applied = await db.run_sync(settle, batch, failed, self._now())
        self._walk.moved(reader, deliveries)
        places = self._walk.of(reader)
        self._gauges[reader.name].batch(len(deliveries), applied, places=places, began=began)
        if batch.parked or batch.tried or failed:
            self._checked = float("-inf")

    async def _look_around(self, subscriber: Subscriber, deliveries: Sequence[Delivery]) -> None:
        """Back to what is parked and due, and how far behind we are."""
        again = self._walk.behind(deliveries)
        pause = _CHECK_PARKED_EVERY if self.parked else _CHECK_EVERY
        if not again and self._monotonic() < self._checked + pause:
            return
        owned = await self._away(subscriber.owned)
        async with self._engine.begin() as db:
            turns = await db.run_sync(self._walk.turns, deliveries, owned, self._now())
            await db.run_sync(self._count)
        self._checked = self._monotonic()
        await self._seek(subscriber, turns)
        await self._measure(owned)

    def _count(self, db: Connection) -> None:
        self.parked = 0
        for name, gauges in self._gauges.items():
            records, streams = parking.count(db, name)
            gauges.parked(records, streams)
            self.parked += records

    async def _seek(self, subscriber: Subscriber, places: Mapping[Partition, int]) -> None:
        for partition, offset in places.items():
            await self._away(subscriber.seek, partition, offset)

    async def _measure(self, owned: Collection[Partition]) -> None:
        if self._monotonic() < self._measured + LOOK_EVERY:
            return
        self._measured = self._monotonic()
        ends = await self._away(self._broker.ends, self._walk.topics)
        for part in self._parts:
            places = {at: place for at, place in self._walk.of(part.reader).items() if at in owned}
            self._gauges[part.reader.name].lag(places, ends)

    async def _pause(self, stop: asyncio.Event, error: Exception) -> None:
        self.standing = False
        pause = min(_LONGEST_PAUSE, 0.1 * 2**self._failures)
        self._failures += 1
        log.warning("paused", seconds=pause, error=code_of(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)

    async def _away(
        self,
        function: Callable[Arguments, Result],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> Result:
        """In the broker's thread: its client blocks, and belongs to one thread."""
        work = partial(function, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
