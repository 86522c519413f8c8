"""A group as assignment's follower hears of it, and what becomes of what it is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from libs.eventstore.calling import Call
from libs.eventstore.desk import Desk
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import Reacting
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Fresh, Reader
from libs.messaging.broker import Partition
from libs.privacy.opening import opened
from libs.testing.cast import ANNA, CLINIC, NOW, THERAPIST
from libs.testing.keyring import MemoryKeyring, memory_sealer
from libs.testing.streams import Told, stream
from services.assignment import follow, wire
from services.assignment.domain.groupwork import AssignToGroup, GroupId, assignment_of
from services.assignment.domain.terms import GroupAssignmentId
from services.assignment.group_reactions import reactions

TITLE = "Ask somebody whom you do not know for the time"


class Group:
    """Anna leads it; nobody belongs to it yet."""

    def __init__(self, engine: AsyncEngine, store: PostgresEventStore) -> None:
        self.id = uuid4()
        self.keyring = MemoryKeyring()
        self._sealer = memory_sealer(self.keyring)
        self._engine = engine
        self._told: list[Told] = []
        self._assignments = self._desk(wire.assignments, store)
        self._given = self._desk(wire.groupworks, store)
        self._reacting = Reacting(
            "assignment", reactions(self._assignments, self._sealer), now=lambda: NOW
        )

    def _desk(self, aggregate: Any, store: PostgresEventStore) -> Desk[Any, Any, Any]:
        return Desk(aggregate, store, self._sealer, chain_key=b"chain", new_id=uuid4)

    # --- What care tells. ---

    def created(self, late_joiners: str) -> Recorded:
        return self._tells("GroupCreated", name="x", late_joiners=late_joiners)

    def joins(self, who: UUID, at: datetime = NOW) -> Recorded:
        return self._tells("MemberAdded", patient_id=who, joined_at=at)

    def leaves(self, who: UUID, at: datetime = NOW) -> Recorded:
        return self._tells("MemberRemoved", patient_id=who, left_at=at)

    def _tells(self, fact: str, **data: Any) -> Recorded:
        self._told.append((f"interlude.care.{fact}.v1", data))
        return stream("group", self.id, *self._told, subject=None)[-1]

    # --- What happens here. ---

    async def hears(self, *told: Recorded, keeps: bool = True, reacts: bool = True) -> None:
        if keeps:
            async with self._engine.begin() as db:
                await db.run_sync(follow.keep, told)
        if reacts:
            await self._reacts(told)

    async def _reacts(self, told: Sequence[Recorded]) -> None:
        places = [(Partition("interlude.care.events.v1", 0), each) for each in range(len(told))]
        fresh = [Fresh(place, recorded) for place, recorded in zip(places, told, strict=True)]
        reader = Reader(name="react", chain_keys={})
        async with self._engine.begin() as db:
            batch = Batch(reader=reader, tried={}, heads={}, fresh=fresh)
            assert await self._reacting(db, batch) == {}

    async def patient(self) -> UUID:
        who = uuid4()
        await self.keyring.create_subject(CLINIC, who)
        return who

    async def is_given(self, *, days: int = 0) -> UUID:
        """So many days from now; nobody has heard of it yet."""
        given = uuid4()
        at = NOW + timedelta(days=days)
        await self.keyring.create_subject(CLINIC, ANNA)
        command = AssignToGroup(
            by=THERAPIST,
            happened_at=at,
            now=at,
            id=GroupAssignmentId(given),
            group_id=GroupId(self.id),
            title=TITLE,
        )
        await self._given.handle(_call(given, command))
        return given

    async def issued(self, given: UUID) -> Recorded:
        ((recorded, _),) = await self._given.history(CLINIC, given)
        return recorded

    async def facts(self, given: UUID, who: UUID) -> Sequence[tuple[Recorded, Any]]:
        """Of a member's own homework."""
        history = await self._assignments.history(CLINIC, assignment_of(given, who))
        return [(one, await opened(fact, self._sealer, CLINIC)) for one, fact in history]

    async def have_it(self, given: UUID, *members: UUID) -> list[bool]:
        return [bool(await self.facts(given, each)) for each in members]


def _call(stream_uuid: UUID, command: Any) -> Call[Any, Any]:
    return Call(
        tenant_id=CLINIC,
        stream_uuid=stream_uuid,
        command=command,
        actor=THERAPIST,
        operation="test",
        happened_at=command.happened_at,
        zone="Europe/London",
        now=command.now,
        thing_id=stream_uuid,
        key=str(uuid4()),
        fingerprint=b"",
        correlation_id=uuid4(),
        causation_id=None,
        traceparent="",
        creates=True,
    )
