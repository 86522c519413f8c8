"""A service's follower without its loop, and the time that a test lets pass."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from libs.eventstore import progress
from libs.eventstore.following import Part
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import settle, take
from libs.messaging.broker import Partition
from libs.messaging.envelope import topic_of
from libs.testing.cast import NOW
from tests.component.delivering import delivered


class Crash(Exception):  # noqa: N818 - what happens to a process
    """The process dies before it commits."""


@dataclass
class Time:
    """`now` is what people read, `seconds` what processes count."""

    now: datetime = NOW
    seconds: float = 1_000.0

    def clock(self) -> datetime:
        return self.now

    def watch(self) -> float:
        return self.seconds

    def passes(self, **told: float) -> None:
        self.now += timedelta(**told)
        self.seconds += timedelta(**told).total_seconds()


@dataclass
class Follows:
    """A service's follower, without its loop."""

    engine: AsyncEngine
    listens: Collection[str]
    parts: Sequence[Part]
    time: Time

    async def hears(
        self, service: str, told: Sequence[Recorded], *, dies_in: str | None = None
    ) -> None:
        here = Partition(topic_of(service), 0)
        for part in self.parts:
            async with self.engine.begin() as db:
                stood = await db.run_sync(progress.stand, part.reader.name, {here: "id"})
                fresh = delivered(here, stood[here], told[stood[here] :])
                batch = await db.run_sync(take, part.reader, stood, fresh)
                failed = await part.handle(db, batch)
                await db.run_sync(settle, batch, failed, self.time.now)
                assert not failed, failed
                if part.reader.name == dies_in:
                    raise Crash
