"""A right to watch ends when it ends: what lies ready for a slow subscriber is not sent then."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from libs.testing.cast import BORIS, MASHA, NOW
from libs.testing.streams import stream
from libs.web.headers import Trace
from services.gateway.graphql import subscriptions
from services.gateway.graphql.context import Context, Parts
from services.gateway.graphql.subscriptions import (
    NotAllowed,
    PatientChange,
    TokenExpired,
    TooSlow,
)
from services.gateway.queries import timeline
from tests.component.gateway.telling import PEOPLE, Projecting

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

NEW = iter(range(0x9000, 0x9F00))


class Watching:
    """A subscriber who takes one change after the other, when the test wants it to."""

    def __init__(self, parts: Parts, who: str) -> None:
        self.closed: list[int] = []
        self.told = asyncio.Event()
        self.context = Context(
            parts=parts,
            headers={},
            trace=Trace(correlation_id=uuid4(), traceparent=""),
            known=PEOPLE[who],
            closing=self._close,
        )

    async def _close(self, code: int, _reason: str) -> None:
        self.closed.append(code)
        self.told.set()

    def changes(self) -> AsyncGenerator[PatientChange, None]:
        """From the beginning of the feed."""
        return subscriptions._watched(self.context, MASHA, 0)


@pytest.fixture
def doubting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is believed that was looked up a moment ago."""
    monkeypatch.setattr(subscriptions, "BELIEVED", 0.0)


def began(project: Projecting) -> UUID:
    """Boris treats Masha from now on."""
    pair = {"patient_id": str(MASHA), "therapist_id": str(BORIS), "began_at": NOW.isoformat()}
    relationship = UUID(int=next(NEW))
    project(stream("relationship", relationship, ("interlude.care.CareRelationshipBegan.v1", pair)))
    return relationship


def ended(project: Projecting, relationship: UUID) -> None:
    fact = {"ended_at": NOW.isoformat()}
    told = ("interlude.care.CareRelationshipEnded.v1", fact)
    project(stream("relationship", relationship, ("", {}), told)[1:])


async def test_at_the_tokens_end_nothing_more_is_sent(parts: Parts) -> None:
    anna = Watching(parts, "anna")
    async with aclosing(anna.changes()) as changes:
        await anext(changes)
        await asyncio.sleep(0)  # many more lie ready
        anna.context.known = replace(PEOPLE["anna"], expires_at=parts.clock().timestamp())
        with pytest.raises(TokenExpired):
            await anext(changes)
    assert anna.closed == [4401]


@pytest.mark.usefixtures("doubting")
async def test_at_the_end_of_the_relationship_nothing_more_is_sent(
    parts: Parts, project: Projecting
) -> None:
    relationship = began(project)
    boris = Watching(parts, "boris")
    async with aclosing(boris.changes()) as changes:
        await anext(changes)
        ended(project, relationship)
        with pytest.raises(NotAllowed):
            await anext(changes)
    assert set(boris.closed) == {4403}


@pytest.mark.usefixtures("doubting")
async def test_what_is_not_in_the_queue_yet_is_not_put_there_any_more(
    parts: Parts, project: Projecting
) -> None:
    """All were read while he might; before the last of them has a place, his right is gone."""
    relationship = began(project)
    boris, queue = Watching(parts, "boris"), asyncio.Queue[PatientChange](1)
    right = subscriptions.Right(boris.context, MASHA)
    rows = await boris.context.rows(timeline.SINCE, MASHA, 0, 3)
    passing = asyncio.create_task(subscriptions._passed_on(boris.context, right, rows, queue))
    await queue.get()
    ended(project, relationship)
    with pytest.raises(NotAllowed):
        await taking_all(queue, passing)


async def taking_all(
    queue: "asyncio.Queue[PatientChange]", passing: "asyncio.Task[None]", *, each_takes: float = 0.0
) -> None:
    """Until the passing on ends, as it does."""
    while not passing.done():
        one = asyncio.ensure_future(queue.get())
        await asyncio.wait([one, passing], return_when=asyncio.FIRST_COMPLETED)
        one.cancel()
        await asyncio.wait([passing], timeout=each_takes)
    await passing


async def test_the_end_is_told_before_what_lies_ready(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who was too slow for a hundred resumes from what it saw; the rest of them is not sent."""
    monkeypatch.setattr(subscriptions, "AT_ONCE", 2)
    monkeypatch.setattr(subscriptions, "SLOW", 0.05)
    masha = Watching(parts, "masha")
    async with aclosing(masha.changes()) as changes:
        await anext(changes)
        await asyncio.wait_for(masha.told.wait(), 5)
        with pytest.raises(TooSlow):
            await anext(changes)
    assert masha.closed == [4408]


async def test_a_subscriber_who_takes_each_just_in_time_is_too_slow_for_the_whole(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "SLOW", 0.3)
    masha = Watching(parts, "masha")
    right, queue = subscriptions.Right(masha.context, MASHA), asyncio.Queue[PatientChange](1)
    rows = await masha.context.rows(timeline.SINCE, MASHA, 0, 20)
    passing = asyncio.create_task(subscriptions._passed_on(masha.context, right, rows, queue))
    with pytest.raises(TooSlow):
        await taking_all(queue, passing, each_takes=0.1)


@contextmanager
def counted(parts: Parts) -> Iterator[list[int]]:
    """How many statements were asked meanwhile."""
    before, asked = parts.models.asked, [0]
    yield asked
    asked[0] = parts.models.asked - before


async def test_a_right_is_not_looked_up_again_for_each_of_a_hundred(parts: Parts) -> None:
    anna = Watching(parts, "anna")
    with counted(parts) as asked:
        async with aclosing(anna.changes()) as changes:
            for _ in range(20):
                await anext(changes)
    assert asked[0] <= 4
