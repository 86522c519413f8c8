"""P4: due dates hang on sessions, wherever these move; fixed ones never do."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.eventstore.calling import Call
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import Reacting
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Fresh, Reader
from libs.messaging.broker import Partition
from libs.testing.cast import ANNA, CLINIC, NOW, THERAPIST
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY, Told, stream
from libs.vocabulary.moment import LocalMoment
from services.assignment import follow, wire
from services.assignment.domain.due import DueDateMoved, DueRule, Meeting
from services.assignment.domain.giving import GiveHomework
from services.assignment.domain.homework import Homework
from services.assignment.domain.outcome import CompleteHomework, CompletionId
from services.assignment.domain.terms import AssignmentId, PatientId, SessionId
from services.assignment.follow import ClinicSettings, KnownClinics
from services.assignment.reactions import reactions
from tests.component.callers import desk

pytestmark = pytest.mark.postgres

TOPIC = "interlude.care.events.v1"
THURSDAY = datetime(2026, 3, 5, 16, tzinfo=UTC)
NEXT_WEEK = THURSDAY + timedelta(days=7)


class Assignments:
    """The service as its follower sees it: what is kept, and what it makes of it."""

    def __init__(self, engine: AsyncEngine, store: PostgresEventStore) -> None:
        self.patient = uuid4()
        self._engine = engine
        self._assignments = desk(wire.assignments, store)
        self._reacting = Reacting("assignment", reactions(self._assignments), now=lambda: NOW)

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
        await self._assignments.handle(_call(homework, command, creates=True))
        return homework

    async def completed(self, homework: UUID) -> None:
        command = CompleteHomework(by=THERAPIST, happened_at=NOW, now=NOW, id=CompletionId(uuid4()))
        await self._assignments.handle(_call(homework, command, creates=False))

    async def heard_of(self, homework: UUID) -> None:
        await self.hears(*await self.facts(homework))

    async def facts(self, homework: UUID) -> Sequence[Recorded]:
        return [recorded for recorded, _ in await self._assignments.history(CLINIC, homework)]

    async def due_at(self, homework: UUID) -> datetime | None:
        found = await self._assignments.state(CLINIC, homework)
        assert found is not None
        assert isinstance(found[0], Homework)
        return found[0].due.due_at

    async def moves(self, homework: UUID) -> list[DueDateMoved]:
        history = await self._assignments.history(CLINIC, homework)
        return [fact for _, fact in history if isinstance(fact, DueDateMoved)]


def _call(homework: UUID, command: Any, *, creates: bool) -> Call[Any, Any]:
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


@pytest.fixture(scope="module")
def url(database: Database) -> str:
    return database.url_as("assignment_follow")


@pytest.fixture
async def assignments(url: str) -> AsyncIterator[Assignments]:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    pool = await open_pool(url, size=2)
    yield Assignments(engine, PostgresEventStore(pool))
    await pool.close()
    await engine.dispose()


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

    def started(self) -> Recorded:
        return self._tells("SessionStarted", started_at=NOW)

    def _tells(self, name: str, **data: Any) -> Recorded:
        self._told.append((f"interlude.care.{name}.v{self._version}", data))
        return stream("session", self.id, *self._told, subject=self._patient)[-1]


def _times(starts_at: datetime) -> dict[str, Any]:
    return {"starts_at": starts_at, "zone": "Europe/London", "duration_min": 50}


@pytest.mark.parametrize("version", [1, 2, 9])
async def test_p4_what_hangs_on_the_next_session_moves_with_it(
    assignments: Assignments, version: int
) -> None:
    session = Sessions(assignments.patient, version=version)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    assert await assignments.moves(homework) == [], "it is what it should be"
    friday = THURSDAY + timedelta(days=1)
    told = session.moved(friday)
    await assignments.hears(told)
    await assignments.hears(told)
    assert await assignments.due_at(homework) == friday
    (move,) = await assignments.moves(homework)
    assert (move.because, move.moved_at) == ("session_moved", told.occurred_at)
    recorded = (await assignments.facts(homework))[-1]
    assert (recorded.actor_role, recorded.causation_id) == ("system", told.event_id)


async def test_p4_a_session_that_is_moved_behind_another_is_not_the_next_any_more(
    assignments: Assignments,
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY), second.scheduled(NEXT_WEEK))
    homework = await assignments.given(meeting=meeting(first.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(first.moved(NEXT_WEEK + timedelta(days=1)))
    assert await assignments.due_at(homework) == NEXT_WEEK


@pytest.mark.parametrize("how", ["cancelled", "missed"])
async def test_p4_a_session_that_is_off_leaves_it_to_the_following_one(
    assignments: Assignments, how: str
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY), second.scheduled(NEXT_WEEK))
    next_one = await assignments.given(meeting=meeting(first.id, THURSDAY))
    named = await assignments.given(
        rule=DueRule(kind="session", session_id=SessionId(first.id), offset_min=-60),
        meeting=meeting(first.id, THURSDAY),
    )
    for homework in (next_one, named):
        await assignments.heard_of(homework)
    await assignments.hears(getattr(first, how)())
    assert await assignments.due_at(next_one) == NEXT_WEEK
    assert await assignments.due_at(named) == NEXT_WEEK - timedelta(hours=1)
    await assignments.hears(second.cancelled())
    assert await assignments.due_at(next_one) is None, "nothing expires"


async def test_p4_a_session_that_is_scheduled_later_becomes_the_next(
    assignments: Assignments,
) -> None:
    homework = await assignments.given()
    await assignments.heard_of(homework)
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    (move,) = await assignments.moves(homework)
    assert (move.session_id, move.because) == (session.id, "session_scheduled")


async def test_a_session_that_is_held_stays_the_one_it_was_due_before(
    assignments: Assignments,
) -> None:
    first, second = Sessions(assignments.patient), Sessions(assignments.patient)
    await assignments.hears(first.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(first.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(first.started(), second.scheduled(NEXT_WEEK))
    assert await assignments.moves(homework) == []


async def test_p4_fixed_dates_never_move(assignments: Assignments) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    at = LocalMoment(local=datetime.fromisoformat("2026-03-04T18:00"), zone="Europe/London")
    fixed = await assignments.given(rule=DueRule(kind="at", at=at))
    never = await assignments.given(rule=DueRule(kind="none"))
    for homework in (fixed, never):
        await assignments.heard_of(homework)
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(fixed) == datetime(2026, 3, 4, 18, tzinfo=UTC)
    assert await assignments.due_at(never) is None


async def test_p4_homework_that_was_given_while_its_session_moved_catches_up(
    assignments: Assignments,
) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(homework) == THURSDAY, "nobody here knew of it"
    await assignments.heard_of(homework)
    assert await assignments.due_at(homework) == NEXT_WEEK


async def test_p4_what_is_done_keeps_its_due_date(assignments: Assignments) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.completed(homework)
    await assignments.heard_of(homework)
    await assignments.hears(session.moved(NEXT_WEEK))
    assert await assignments.due_at(homework) == THURSDAY


async def test_other_patients_sessions_move_nothing(assignments: Assignments) -> None:
    session, other = Sessions(assignments.patient), Sessions(uuid4())
    await assignments.hears(session.scheduled(THURSDAY), other.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    await assignments.hears(other.moved(NEXT_WEEK))
    assert await assignments.moves(homework) == []


async def test_the_clinics_settings_are_known_once_care_has_told_them(
    url: str, assignments: Assignments
) -> None:
    pool, now = await open_pool(url, size=1), [0.0]
    clinics = KnownClinics(pool, monotonic=lambda: now[0])
    assert await clinics.settings(CLINIC) == ClinicSettings()
    told = {"name": {"key": "…"}, "low_confidence_threshold": 0.5, "rationale_gate": True}
    await assignments.hears(
        *stream("clinic", CLINIC, ("interlude.care.ClinicRegistered.v1", told), subject=None)
    )
    assert await clinics.settings(CLINIC) == ClinicSettings(), "remembered for five seconds"
    now[0] += 5.1
    known = await clinics.settings(CLINIC)
    assert known == ClinicSettings(low_confidence_below=0.5, rationale_gate=True)
    await pool.close()


async def test_p4_a_session_that_is_moved_and_moved_back_before_anybody_hears_of_it(
    assignments: Assignments,
) -> None:
    session = Sessions(assignments.patient)
    await assignments.hears(session.scheduled(THURSDAY))
    homework = await assignments.given(meeting=meeting(session.id, THURSDAY))
    await assignments.heard_of(homework)
    known = len(await assignments.facts(homework))
    await assignments.hears(session.moved(NEXT_WEEK))
    await assignments.hears(session.moved(THURSDAY))
    await assignments.hears(*(await assignments.facts(homework))[known:])
    assert await assignments.due_at(homework) == THURSDAY
