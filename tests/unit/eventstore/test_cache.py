"""What a process remembers is bounded, never older than it was, and can be forgotten."""

import asyncio
import gc

from libs.eventstore.cache import Place, Seen, States, Turns
from libs.testing.cast import CLINIC, OTHER_CLINIC

GOAL: Place = (CLINIC, "goal-1")
ENTRY: Place = (CLINIC, "entry-1")
REVIEW: Place = (CLINIC, "review-1")


def seen(version: int, state: str = "") -> Seen[str]:
    return Seen(state=state, version=version, chain=b"", recorded_at=None)


def test_the_least_recently_used_goes_first() -> None:
    states: States[str] = States(2)
    states.put(GOAL, seen(1))
    states.put(ENTRY, seen(1))
    states.get(GOAL)
    states.put(REVIEW, seen(1))
    assert states.get(ENTRY) is None
    assert states.get(GOAL) == states.get(REVIEW) == seen(1)


def test_a_slow_reader_does_not_put_back_an_older_state() -> None:
    states: States[str] = States(2)
    states.put(GOAL, seen(3))
    states.put(GOAL, seen(2))
    assert states.get(GOAL) == seen(3)


def test_without_room_nothing_is_remembered() -> None:
    states: States[str] = States(0)
    states.put(GOAL, seen(1))
    assert states.get(GOAL) is None


def test_what_concerns_an_erased_person_is_forgotten() -> None:
    states: States[str] = States(3)
    states.put(GOAL, seen(1, "masha"))
    states.put(ENTRY, seen(1, "lev"))
    states.forget(lambda state: state == "masha")
    assert states.get(GOAL) is None
    assert states.get(ENTRY) == seen(1, "lev")


async def test_one_stream_is_one_queue_and_another_clinics_is_not_the_same() -> None:
    turns = Turns()
    async with turns.at(GOAL):
        assert turns.at(GOAL).locked()
        assert not turns.at(ENTRY).locked()
        assert not turns.at((OTHER_CLINIC, GOAL[1])).locked()


async def test_turns_are_not_kept_for_streams_that_nobody_waits_for() -> None:
    turns = Turns()
    async with turns.at(GOAL):
        await asyncio.sleep(0)
    gc.collect()
    assert not turns._locks
