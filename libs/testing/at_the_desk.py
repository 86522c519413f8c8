"""Arranging what happens at a desk: homework given on some store, by some process."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from libs.eventstore.desk import Call, Desk
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    Append,
    EventStore,
    Outcome,
    OutcomeUnknown,
    Settled,
    StoreUnavailable,
)
from libs.testing.cast import CLINIC, MASHA, NOW, THERAPIST
from libs.testing.homework import Command, Event, GiveHomework, State, homework
from libs.testing.sealer import ReadableSealer

CHAIN_KEY = b"chain:test"

HomeworkDesk = Desk[Command, State, Event]
HomeworkCall = Call[Command, State]


class Watched:
    """A store that notes which calls reached it, and loses the connection when told to."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.calls: list[str] = []
        self.lose_before = False
        self.lose_after = False
        self.down = False

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        self.calls.append("append")
        if self.lose_before:
            raise OutcomeUnknown
        outcomes = await self._store.append(batch)
        if self.lose_after:
            raise OutcomeUnknown
        return outcomes

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        self.calls.append("read")
        return await self._store.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        self.calls.append("settle")
        if self.down:
            raise StoreUnavailable
        return await self._store.settle(tenant_id, stream_id, after=after, scope=scope, key=key)

    def within(self, connection: Any) -> EventStore:
        return self._store.within(connection)


def desk_on(store: EventStore, sealer: ReadableSealer | None = None) -> HomeworkDesk:
    return Desk(homework, store, sealer or ReadableSealer(), chain_key=CHAIN_KEY, new_id=uuid4)


def call(uuid: UUID, command: Command, **more: Any) -> HomeworkCall:
    told: HomeworkCall = Call(
        tenant_id=CLINIC,
        stream_uuid=uuid,
        command=command,
        actor=THERAPIST,
        operation=type(command).__name__,
        happened_at=NOW - timedelta(days=1),
        zone="Europe/London",
        now=NOW,
        thing_id=uuid,
        key=str(uuid4()),
        fingerprint=b"this request",
        correlation_id=uuid4(),
        causation_id=None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        creates=isinstance(command, GiveHomework),
    )
    return replace(told, **more)


async def given(desk: HomeworkDesk, *commands: Command) -> UUID:
    uuid = uuid4()
    for command in (GiveHomework(patient_id=MASHA), *commands):
        await desk.handle(call(uuid, command))
    return uuid
