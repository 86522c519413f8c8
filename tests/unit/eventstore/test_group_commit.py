"""Who comes while others are being written is written with the next, each for themselves."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.errors import InFlight
from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    Outcome,
    OutcomeUnknown,
    Settled,
    StoreUnavailable,
    WrongVersion,
)
from libs.testing.event_store_contract import append, new_stream, remember


class Gated:
    """A store that takes its time: each append waits until `gate` is open, and is noted."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.batches: list[list[str]] = []
        self.failure: Exception | None = None
        self._store = InMemoryEventStore()

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        self.batches.append([one.stream_id for one in batch])
        await self.gate.wait()
        if self.failure and len(self.batches) > 1 and "homework-bad" in self.batches[-1]:
            raise self.failure
        return await self._store.append(batch)

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        return await self._store.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        return await self._store.settle(tenant_id, stream_id, after=after, scope=scope, key=key)

    def within(self, connection: Any) -> InMemoryEventStore:
        return self._store.within(connection)


async def arrive(group: GroupCommit, *appends: Append) -> list["asyncio.Task[Sequence[Outcome]]"]:
    tasks = []
    for one in appends:
        tasks.append(asyncio.create_task(group.append([one])))
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_alone_waits_for_nobody() -> None:
    store = Gated()
    store.gate.set()
    first, second = append(new_stream(), 1), append(new_stream(), 1)
    group = GroupCommit(store)
    await group.append([first])
    await group.append([second])
    assert store.batches == [[first.stream_id], [second.stream_id]]


async def test_who_comes_meanwhile_is_written_together() -> None:
    store, appends = Gated(), [append(new_stream(), 1) for _ in range(5)]
    tasks = await arrive(GroupCommit(store), *appends)
    store.gate.set()
    assert await asyncio.gather(*tasks) == [[Appended(1)]] * 5
    streams = [one.stream_id for one in appends]
    assert store.batches == [streams[:1], streams[1:]]


async def test_a_group_is_bounded() -> None:
    store, appends = Gated(), [append(new_stream(), 1) for _ in range(6)]
    tasks = await arrive(GroupCommit(store, most=2), *appends)
    store.gate.set()
    await asyncio.gather(*tasks)
    assert [len(batch) for batch in store.batches] == [1, 2, 2, 1]


async def test_two_of_one_stream_go_one_after_the_other() -> None:
    store, stream = Gated(), new_stream()
    other = append(new_stream(), 1)
    tasks = await arrive(
        GroupCommit(store),
        append(new_stream(), 1),
        append(stream, 1),
        append(stream, 2, after=1),
        other,
    )
    store.gate.set()
    assert (await asyncio.gather(*tasks))[1:3] == [[Appended(1)], [Appended(2)]]
    assert store.batches[1:] == [[stream, other.stream_id], [stream]]


async def test_two_of_one_key_go_one_after_the_other() -> None:
    store, key = Gated(), remember("twin")
    tasks = await arrive(
        GroupCommit(store),
        append(new_stream(), 1),
        append(new_stream(), 1, key=key),
        append(new_stream(), 1, key=replace(key, fingerprint=b"another")),
    )
    store.gate.set()
    await asyncio.gather(*tasks)
    assert [len(batch) for batch in store.batches] == [1, 1, 1]


async def test_who_waits_for_the_next_group_is_not_overtaken_by_a_twin() -> None:
    store, stream, key = Gated(), new_stream(), remember("twin")
    tasks = await arrive(
        GroupCommit(store),
        append(new_stream(), 1),
        append(stream, 1),
        append(stream, 2, after=1, key=key),
        append(new_stream(), 1, key=key),
    )
    store.gate.set()
    outcomes = await asyncio.gather(*tasks)
    assert outcomes[2:] == [[Appended(2)], [AnsweredBefore(key.answer)]]


async def test_each_has_its_own_outcome() -> None:
    store = Gated()
    late = append(new_stream(), 8, after=7)
    tasks = await arrive(GroupCommit(store), append(new_stream(), 1), late, append(new_stream(), 1))
    store.gate.set()
    assert await asyncio.gather(*tasks) == [[Appended(1)], [WrongVersion(0)], [Appended(1)]]


async def test_after_an_error_each_is_tried_by_itself() -> None:
    store = Gated()
    store.failure = InFlight()
    tasks = await arrive(
        GroupCommit(store),
        append(new_stream(), 1),
        append(new_stream(), 1),
        append("homework-bad", 1),
    )
    store.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcomes[:2] == [[Appended(1)]] * 2
    assert isinstance(outcomes[2], InFlight)


@pytest.mark.parametrize("failure", [OutcomeUnknown(), StoreUnavailable()])
async def test_what_may_have_happened_is_not_run_again(failure: Exception) -> None:
    store = Gated()
    store.failure = failure
    tasks = await arrive(
        GroupCommit(store),
        append(new_stream(), 1),
        append(new_stream(), 1),
        append("homework-bad", 1),
    )
    store.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[1:]] == [type(failure)] * 2
    assert len(store.batches) == 2


async def test_who_went_away_before_it_was_sent_is_not_written() -> None:
    store, gone = Gated(), append(new_stream(), 1)
    tasks = await arrive(GroupCommit(store), append(new_stream(), 1), gone, append(new_stream(), 1))
    tasks[1].cancel()
    await asyncio.sleep(0)
    store.gate.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert gone.stream_id not in store.batches[1]


async def test_when_the_first_goes_away_the_others_are_written() -> None:
    store = Gated()
    group = GroupCommit(store)
    tasks = await arrive(group, append(new_stream(), 1), append(new_stream(), 1))
    tasks[0].cancel()
    store.gate.set()
    assert await tasks[1] == [Appended(1)]
    assert await group.append([append(new_stream(), 1)]) == [Appended(1)]
