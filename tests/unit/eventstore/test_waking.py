"""The relay is woken by the first facts after a quiet while, and by no others."""

import asyncio

from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.store import Appended
from libs.eventstore.waking import QUIET, Waking
from libs.testing.event_store_contract import append, new_stream


class Morning:
    """A clock that is set, and a relay that counts how often it was woken."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.now = 100.0
        self.woken = 0
        self.failure = failure
        self.store = Waking(InMemoryEventStore(), self._wake, monotonic=lambda: self.now)

    async def _wake(self) -> None:
        self.woken += 1
        if self.failure is not None:
            raise self.failure

    async def record_something(self) -> None:
        (outcome,) = await self.store.append([append(new_stream(), 1)])
        assert isinstance(outcome, Appended)
        await asyncio.sleep(0)


async def test_the_first_fact_of_the_morning_wakes_the_relay() -> None:
    morning = Morning()
    await morning.record_something()
    assert morning.woken == 1


async def test_facts_that_follow_closely_do_not() -> None:
    morning = Morning()
    await morning.record_something()
    morning.now += QUIET / 2
    await morning.record_something()
    morning.now += QUIET / 2
    await morning.record_something()
    assert morning.woken == 1


async def test_after_a_quiet_while_it_is_woken_again() -> None:
    morning = Morning()
    await morning.record_something()
    morning.now += QUIET * 2
    await morning.record_something()
    assert morning.woken == 2


async def test_what_was_refused_wakes_nobody() -> None:
    morning = Morning()
    await morning.store.append([append(new_stream(), 4, after=3)])
    await asyncio.sleep(0)
    assert morning.woken == 0


async def test_a_relay_that_cannot_be_woken_costs_nobody_their_answer() -> None:
    morning = Morning(failure=ConnectionResetError())
    await morning.record_something()
    assert morning.woken == 1
