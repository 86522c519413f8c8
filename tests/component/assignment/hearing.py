"""Assignment as its follower sees it, and the sessions that care tells it of."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from libs.eventstore.calling import Call
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import Reacting, together
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Fresh, Reader
from libs.messaging.broker import Partition
from libs.testing.cast import ANNA, CLINIC, NOW, THERAPIST
from libs.testing.streams import CHAIN_KEY, Told, stream
from services.assignment import at_the_end, follow, wire
from services.assignment.domain.due import DueDateMoved, DueRule, Meeting
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.homework import Homework
from services.assignment.domain.outcome import CompleteHomework, CompletionId
from services.assignment.domain.plan import Plan
from services.assignment.domain.terms import AssignmentId, PatientId, SessionId
from services.assignment.domain.timing import Timing
from services.assignment.reactions import reactions
from tests.component.callers import desk

TOPIC = "interlude.care.events.v1"
THURSDAY = datetime(2026, 3, 5, 16, tzinfo=UTC)
NEXT_WEEK = THURSDAY + timedelta(days=7)


class Assignments:
    """The service as its follower sees it: what is kept, and what it makes of it."""

    def __init__(self, engine: AsyncEngine, store: PostgresEventStore) -> None:
        self.patient = uuid4()
        self._engine = engine
        self.desk = desk(wire.assignments, store)
        table = together(reactions(self.desk), at_the_end.reactions(self.desk))
        self._reacting = Reacting("assignment", table, now=lambda: NOW)

    async def hears(self, *told: Recorded) -> None:
        """First it keeps, then, in a transaction of its own, it reacts."""
        async with self._engine.begin() as db:
            await db.run_sync(follow.keep, told)
        reader = Reader(name="react", chain_keys={TOPIC: CHAIN_KEY})
        places = [(Partition(TOPIC, 0), offset) for offset in range(len(told))]
        fresh = [Fresh(place, recorded) for place, recorded in zip(places, told, strict=True)]
        async with self._engine.begin() as db:
            batch = Batch(reader=reader, tried={}, heads={}, fresh=fresh)
            assert await self._reacting(db, batch) == {}

    async def given(self, *, rule: DueRule | None = None, meeting: Meeting | None = None) -> UUID:
        """Given, but this service has not yet heard of it itself."""
        homework = uuid4()
        command = GiveHomework(
            by=THERAPIST,
            happened_at=NOW,
            now=NOW,
            id=AssignmentId(homework),
            patient_id=PatientId(self.patient),
            title="Talk to Larry",
            due=rule or DueRule(),
            meeting=meeting,
        )
        await self.desk.handle(call(homework, command, creates=True))
        return homework

    async def evenings(self, *, given_at: datetime = NOW, **timing: Any) -> UUID:
        """Homework for every evening, of which this service has heard itself."""
        homework = uuid4()
        command = GiveHomework(
            by=THERAPIST,
            happened_at=given_at,
            now=given_at,
            id=AssignmentId(homework),
            patient_id=PatientId(self.patient),
            title="Every evening: what I thought",
            plan=Plan(timing=Timing(rule="scheduled", time_of_day=(time(20),), **timing)),
            patient_zone="Europe/London",
        )
        await self.desk.handle(call(homework, command, creates=True))
        await self.heard_of(homework)
        return homework

    async def completed(self, homework: UUID) -> None:
        command = CompleteHomework(by=THERAPIST, happened_at=NOW, now=NOW, id=CompletionId(uuid4()))
        await self.desk.handle(call(homework, command, creates=False))

    async def heard_of(self, homework: UUID) -> None:
        await self.hears(*await self.facts(homework))

    async def facts(self, homework: UUID) -> Sequence[Recorded]:
        return [recorded for recorded, _ in await self.desk.history(CLINIC, homework)]

    async def state(self, homework: UUID) -> Homework:
        found = await self.desk.state(CLINIC, homework)
        assert found is not None
        assert isinstance(found[0], Homework)
        return found[0]

    async def history(self, homework: UUID) -> Sequence[object]:
        return [fact for _, fact in await self.desk.history(CLINIC, homework)]

    async def due_at(self, homework: UUID) -> datetime | None:
        return (await self.state(homework)).due.due_at

    async def moves(self, homework: UUID) -> list[DueDateMoved]:
        history = await self.history(homework)
        return [fact for fact in history if isinstance(fact, DueDateMoved)]


def call(homework: UUID, command: Any, *, creates: bool) -> Call[Any, Any]:
    return Call(
        tenant_id=CLINIC,
        stream_uuid=homework,
        command=command,
        actor=THERAPIST,
        operation="test",
        happened_at=NOW,
        zone="Europe/London",
        now=NOW,
        thing_id=homework,
        key=str(uuid4()),
        fingerprint=b"",
        correlation_id=uuid4(),
        causation_id=None,
        traceparent="",
        creates=creates,
    )


def meeting(session: UUID, starts_at: datetime) -> Meeting:
    return Meeting(session_id=SessionId(session), starts_at=starts_at, zone="Europe/London")


class Sessions:
    """A session's stream as care tells it, longer each time, in facts of this version."""

    def __init__(self, patient: UUID, *, version: int = 1) -> None:
        self.id = uuid4()
        self._patient = patient
        self._version = version
        self._told: list[Told] = []

    def scheduled(self, starts_at: datetime) -> Recorded:
        people = {"patient_id": self._patient, "therapist_id": ANNA}
        return self._tells("SessionScheduled", **people, **_times(starts_at))

    def moved(self, starts_at: datetime) -> Recorded:
        return self._tells("SessionRescheduled", **_times(starts_at))

    def cancelled(self) -> Recorded:
        return self._tells("SessionCancelled")

    def missed(self) -> Recorded:
        return self._tells("SessionNoShowRecorded")

    def reinstated(self) -> Recorded:
        return self._tells("SessionReinstated")

    def started(self) -> Recorded:
        return self._tells("SessionStarted", started_at=NOW)

    def _tells(self, name: str, **data: Any) -> Recorded:
        self._told.append((f"interlude.care.{name}.v{self._version}", data))
        return stream("session", self.id, *self._told, subject=self._patient)[-1]


def _times(starts_at: datetime) -> dict[str, Any]:
    return {"starts_at": starts_at, "zone": "Europe/London", "duration_min": 50}
