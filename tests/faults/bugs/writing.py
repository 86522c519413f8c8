"""The write side: commands and the event store."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from libs.eventstore.desk import Desk
from libs.eventstore.postgres import StoreOnConnections
from libs.eventstore.store import Append, Appended, Outcome, OutcomeUnknown, StoreUnavailable
from tests.faults.bugs.bug import bug


@bug
def answer_before_commit() -> None:
    """The append is begun, and answered as if it had ended."""
    append = StoreOnConnections.append
    begun: set[asyncio.Task[Any]] = set()

    async def answered(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        async def later() -> None:
            await asyncio.sleep(0.3)
            await append(self, batch)

        task = asyncio.create_task(later())
        begun.add(task)
        task.add_done_callback(begun.discard)
        return [Appended(each.expected + len(each.events)) for each in batch]

    StoreOnConnections.append = answered  # type: ignore[method-assign]  # the bug


@bug
def key_outside_the_transaction() -> None:
    """The facts first; who asked for them is remembered a moment later."""
    append = StoreOnConnections.append

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await append(self, [replace(each, remember=None) for each in batch])
        await asyncio.sleep(0.05)
        keys = [replace(each, events=(), expected=each.expected + len(each.events))
                for each in batch]  # fmt: skip
        for each in keys:
            try:
                await append(self, [each])
            except (OutcomeUnknown, StoreUnavailable):
                continue
        return outcomes

    StoreOnConnections.append = appended  # type: ignore[method-assign]  # the bug


@bug
def no_idempotency() -> None:
    """A key is taken, and nobody looks at it."""
    append = StoreOnConnections.append
    settle = StoreOnConnections.settle

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        return await append(self, [replace(each, remember=None) for each in batch])

    async def settled(self: StoreOnConnections, *place: Any, **named: Any) -> Any:
        return await settle(self, *place, **{**named, "key": None})

    StoreOnConnections.append = appended  # type: ignore[method-assign]  # the bug
    StoreOnConnections.settle = settled  # type: ignore[method-assign]  # the bug


@bug
def version_not_checked() -> None:
    """`If-Match` is read, and not compared."""
    draft = Desk._draft

    async def drafted(self: Any, call: Any, place: Any, seen: Any) -> Any:
        return await draft(self, replace(call, expected=None), place, seen)

    Desk._draft = drafted  # type: ignore[method-assign]  # the bug


@bug
def lost_answer_asked_again() -> None:
    """An append whose outcome is unknown is run again, under no key."""
    append = StoreOnConnections.append

    async def appended(self: StoreOnConnections, batch: Sequence[Append]) -> Sequence[Outcome]:
        outcomes = await append(self, batch)
        if random.random() < 0.05:  # noqa: S311 - now and then an answer is lost
            again = [
                replace(
                    each,
                    remember=None,
                    expected=each.expected + len(each.events),
                    events=[
                        replace(event, event_id=uuid4(), version=event.version + len(each.events))
                        for event in each.events
                    ],
                )
                for each in batch
            ]
            await append(self, again)
        return outcomes

    StoreOnConnections.append = appended  # type: ignore[method-assign]  # the bug


@bug
def rejected_from_a_stale_cache() -> None:
    """What memory refuses is refused, whatever the store knows of the key."""

    async def handle(self: Any, call: Any) -> Any:
        place = self._place(call.tenant_id, call.stream_uuid)
        async with self._turns.at(place):
            seen = self._states.get(place)
            if seen is not None:
                self._aggregate.decider.decide(call.command, seen.state)
            if seen is None and not call.creates:
                return await self._on_record(call, place)
            answer = await self._on_memory(call, place, seen or self._nothing)
            return answer or await self._on_record(call, place)

    Desk.handle = handle  # type: ignore[method-assign]  # the bug


@bug
def outage_is_a_crash() -> None:
    """A database that is away becomes an error of ours."""
    from libs.web import problems  # noqa: PLC0415 - only an API has it

    problems._BY_CLASS = {}  # the bug
