"""The follower keeps what it needs of other services and requests what their facts call for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from libs.access import care_facts
from libs.eventstore import parking
from libs.eventstore.awaiting import Awaiting
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.following import KEEP, REACT, Follower, keeping, reacting
from libs.eventstore.pool import Pool, open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.reacting import (
    Cause,
    Reacting,
    Reaction,
    Reactions,
    Wish,
    system_actor,
)
from libs.eventstore.reading import Fact
from libs.eventstore.recorded import Recorded, stream_name
from libs.eventstore.taking import Reader
from libs.messaging.broker import Broker
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message
from libs.testing.at_the_desk import HomeworkDesk, call, desk_on
from libs.testing.cast import CLINIC, NOW
from libs.testing.databases import Database
from libs.testing.homework import AddNote, GiveHomework, Resume
from libs.testing.streams import CHAIN_KEY, stream
from libs.testing.topics import Member, Topics
from libs.testing.traces import parent_of, traced, traceparent_of
from libs.tracing.correlating import with_correlation

pytestmark = pytest.mark.postgres

CARE = "interlude.care.events.v1"
REGISTERED = "interlude.care.PatientRegistered.v1"
MOVED = "interlude.care.PatientMoved.v1"
REGISTERING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Policies:
    """What a service's reactions.py is: a patient's registration gives them homework; a move, told
    of in this test's own way, adds notes to it.
    """

    def __init__(self, desk: HomeworkDesk) -> None:
        self.desk = desk
        self.wishes_of_a_move: Callable[[Cause[Any], Connection], Sequence[Wish]] = self.add_note

    @property
    def table(self) -> Reactions:
        return {
            REGISTERED: [Reaction(name="first-homework", reads=Registered, wishes=self.give)],
            MOVED: [
                Reaction(
                    name="note-the-move",
                    reads=Registered,
                    wishes=self.move,
                )
            ],
        }

    def give(self, cause: Cause["Registered"], db: Connection) -> Sequence[Wish]:
        zone = db.scalar(
            text("SELECT zone FROM known_people WHERE person_id = :id"),
            {"id": cause.fact.patient_id},
        )
        if zone is None:
            raise NotKnownYet
        command = GiveHomework(patient_id=cause.fact.patient_id)
        return [self.wish(cause.fact.patient_id, command, creates=True)]

    def move(self, cause: Cause["Registered"], db: Connection) -> Sequence[Wish]:
        return self.wishes_of_a_move(cause, db)

    def add_note(self, cause: Cause["Registered"], _db: Connection) -> Sequence[Wish]:
        return [self.wish(cause.fact.patient_id, AddNote())]

    def wish(self, uuid: UUID, command: Any, *, creates: bool = False) -> Wish:
        return Wish(desk=self.desk, stream_uuid=uuid, command=command, creates=creates)


class Registered(Fact):
    patient_id: UUID


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    url = database.url_as("review_follow").replace("postgresql:", "postgresql+asyncpg:")
    engine = create_async_engine(url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("review_follow"), size=4, durable=False)
    yield pool
    await pool.close()


@pytest.fixture(autouse=True)
def _nobody_has_read_anything(database: Database) -> Iterator[None]:
    yield
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("TRUNCATE review.positions, review.applied, review.parked")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.ensure_topic(CARE, partitions=3)
    return topics


@pytest.fixture
def desk(pool: Pool) -> HomeworkDesk:
    return desk_on(PostgresEventStore(pool))


@pytest.fixture
def policies(desk: HomeworkDesk) -> Policies:
    return Policies(desk)


Make = Callable[[Broker], Follower]


@pytest.fixture
def make(engine: AsyncEngine, policies: Policies, clock: Clock) -> Make:
    def make(broker: Broker, topic: str = CARE) -> Follower:
        keys = {topic: CHAIN_KEY}
        keep = Reader(name=KEEP, chain_keys=keys, categories=care_facts.CATEGORIES)
        react = Reader(name=REACT, chain_keys=keys)
        return Follower(
            engine,
            broker,
            [
                keeping(keep, care_facts.keep),
                reacting(react, Reacting("review", policies.table, now=clock.now)),
            ],
            group=f"review-{uuid4()}",
            now=clock.now,
            monotonic=clock.monotonic,
        )

    return make


def _patient(
    who: UUID, *facts: str, zone: str = "Europe/London", traceparent: str = ""
) -> Sequence[Recorded]:
    data = {"patient_id": str(who), "zone": zone, "locale": "en"}
    told = [(name, data) for name in facts]
    return stream("patient", who, *told, subject=who, traceparent=traceparent)


async def _steps(follower: Follower, member: Member, count: int = 4) -> None:
    for _ in range(count):
        await follower.step(member)


async def _facts(desk: HomeworkDesk, who: UUID) -> list[str]:
    return [type(event).__name__ for _, event in await desk.history(CLINIC, who)]


async def test_a_fact_elsewhere_causes_a_request_here(
    make: Make, topics: Topics, desk: HomeworkDesk
) -> None:
    masha = uuid4()
    (registered,) = _patient(masha, REGISTERED)
    topics.tell(CARE, [registered])
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    [(given, _)] = await desk.history(CLINIC, masha)
    assert given.causation_id == registered.event_id
    assert given.correlation_id == registered.correlation_id
    assert given.actor_id == system_actor("review").person_id
    assert given.actor_role == "system"
    assert given.occurred_at == registered.occurred_at
    assert given.zone == registered.zone


async def test_a_reaction_stands_in_the_trace_of_its_cause_and_logs_its_correlation(
    make: Make, topics: Topics, desk: HomeworkDesk
) -> None:
    masha = uuid4()
    (registered,) = _patient(masha, REGISTERED, traceparent=REGISTERING)
    topics.tell(CARE, [registered])
    with traced() as traces, structlog.testing.capture_logs([with_correlation]) as lines:
        await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    [(given, _)] = await desk.history(CLINIC, masha)
    reaction = traces.the("react first-homework")
    assert parent_of(reaction) == REGISTERING
    assert given.traceparent == traceparent_of(reaction)
    assert parent_of(traces.the("apply keep")) == REGISTERING
    assert not traces.named("apply react")
    (line,) = [line for line in lines if line["event"] == "reacted"]
    assert line["correlation_id"] == str(registered.correlation_id)
    assert line["trace_id"] == REGISTERING[3:35]
    assert (line["reaction"], line["outcome"]) == ("first-homework", "done")


async def test_the_same_fact_told_again_causes_nothing_more(
    make: Make, topics: Topics, desk: HomeworkDesk
) -> None:
    masha = uuid4()
    told = _patient(masha, REGISTERED, MOVED)
    topics.tell(CARE, [*told, *told])
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    topics.tell(CARE, told)
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await _facts(desk, masha) == ["HomeworkGiven", "NoteAdded"]


async def test_even_with_its_place_lost_no_fact_acts_twice(
    make: Make, topics: Topics, desk: HomeworkDesk, database: Database
) -> None:
    masha = uuid4()
    topics.tell(CARE, _patient(masha, REGISTERED, MOVED))
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("TRUNCATE review.positions, review.applied")
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await _facts(desk, masha) == ["HomeworkGiven", "NoteAdded"]


async def test_rebuilding_what_is_kept_moves_no_reaction(
    make: Make,
    topics: Topics,
    policies: Policies,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    masha = uuid4()
    topics.tell(CARE, _patient(masha, REGISTERED))
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("DELETE FROM review.known_people")
        superuser.execute("DELETE FROM review.applied WHERE reader = 'keep'")
        superuser.execute("DELETE FROM review.positions WHERE reader = 'keep'")
    monkeypatch.setattr(policies, "give", _must_not_happen)
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    with psycopg.connect(database.url) as superuser:
        kept = superuser.execute("SELECT person_id FROM review.known_people").fetchall()
    assert kept == [(masha,)]
    assert await _facts(policies.desk, masha) == ["HomeworkGiven"]


def _must_not_happen(_cause: Cause[Any], _db: Connection) -> Sequence[Wish]:
    raise AssertionError("a reaction happened again")


async def test_a_rule_that_says_no_is_a_settled_outcome(
    make: Make, topics: Topics, desk: HomeworkDesk
) -> None:
    masha, lev = uuid4(), uuid4()
    await desk.handle(call(masha, GiveHomework(patient_id=masha), creates=True))
    topics.tell(CARE, [*_patient(masha, REGISTERED, MOVED), *_patient(lev, REGISTERED)])
    follower = make(topics)
    await _steps(follower, topics.subscriber(group="", topics=[CARE]))
    assert follower.parked == 0
    assert await _facts(desk, masha) == ["HomeworkGiven", "NoteAdded"]
    assert await _facts(desk, lev) == ["HomeworkGiven"]


async def test_what_is_missed_is_tried_again_and_its_stream_waits(
    make: Make, topics: Topics, desk: HomeworkDesk, clock: Clock
) -> None:
    masha, lev = uuid4(), uuid4()
    topics.tell(CARE, [*_patient(masha, MOVED, MOVED), *_patient(lev, REGISTERED)])
    follower, member = make(topics), topics.subscriber(group="", topics=[CARE])
    await _steps(follower, member)
    assert follower.parked == 2
    assert await _facts(desk, lev) == ["HomeworkGiven"]
    await desk.handle(call(masha, GiveHomework(patient_id=masha), creates=True))
    await _steps(follower, member)
    assert follower.parked == 2
    clock.seconds += 0.3
    await _steps(follower, member, 8)
    assert follower.parked == 0
    assert await _facts(desk, masha) == ["HomeworkGiven", "NoteAdded", "NoteAdded"]


async def test_what_is_missed_for_a_minute_waits_for_somebody_to_look(
    make: Make, topics: Topics, desk: HomeworkDesk, clock: Clock, engine: AsyncEngine
) -> None:
    masha = uuid4()
    topics.tell(CARE, _patient(masha, MOVED))
    follower, member = make(topics), topics.subscriber(group="", topics=[CARE])
    for _ in range(300):
        clock.seconds += 0.5
        await follower.step(member)
    async with engine.begin() as db:
        row = (await db.execute(text("SELECT tries, code, retry_at FROM parked"))).one()
    assert tuple(row) == (9, "not-known-yet", None)
    await desk.handle(call(masha, GiveHomework(patient_id=masha), creates=True))
    async with engine.begin() as db:
        await db.run_sync(parking.wish, REACT, clock.now())
    clock.seconds += 1
    await _steps(follower, member)
    assert await _facts(desk, masha) == ["HomeworkGiven", "NoteAdded"]


async def test_a_poison_fact_stops_its_stream_and_leaves_nothing_half_done(
    make: Make, topics: Topics, desk: HomeworkDesk, policies: Policies
) -> None:
    masha, lev = uuid4(), uuid4()

    def one_and_then_nonsense(cause: Cause[Any], _db: Connection) -> Sequence[Wish]:
        who = cause.fact.patient_id
        return [policies.wish(who, AddNote()), policies.wish(uuid4(), "nonsense", creates=True)]

    policies.wishes_of_a_move = one_and_then_nonsense
    topics.tell(CARE, [*_patient(masha, REGISTERED, MOVED), *_patient(lev, REGISTERED)])
    follower = make(topics)
    await _steps(follower, topics.subscriber(group="", topics=[CARE]))
    assert follower.parked == 1
    assert await _facts(desk, masha) == ["HomeworkGiven"]
    assert await _facts(desk, lev) == ["HomeworkGiven"]


async def test_a_fact_behind_a_poison_one_causes_nothing_before_its_turn(
    make: Make, topics: Topics, desk: HomeworkDesk, policies: Policies
) -> None:
    masha = uuid4()

    def stumble_over_the_first(cause: Cause[Any], db: Connection) -> Sequence[Wish]:
        if cause.recorded.version == 2:
            raise KeyError
        return policies.add_note(cause, db)

    policies.wishes_of_a_move = stumble_over_the_first
    topics.tell(CARE, _patient(masha, REGISTERED, MOVED, MOVED))
    follower = make(topics)
    await _steps(follower, topics.subscriber(group="", topics=[CARE]))
    assert follower.parked == 2
    assert await _facts(desk, masha) == ["HomeworkGiven"]


async def test_one_fact_may_ask_something_of_several_streams(
    make: Make, topics: Topics, desk: HomeworkDesk, policies: Policies
) -> None:
    masha, one, other = uuid4(), uuid4(), uuid4()
    policies.wishes_of_a_move = lambda _cause, _db: [
        policies.wish(uuid, GiveHomework(patient_id=masha), creates=True) for uuid in (one, other)
    ]
    topics.tell(CARE, _patient(masha, MOVED))
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await _facts(desk, one) == await _facts(desk, other) == ["HomeworkGiven"]


async def test_two_wishes_for_one_stream_are_a_mistake_and_park_the_fact(
    make: Make, topics: Topics, desk: HomeworkDesk, policies: Policies
) -> None:
    masha = uuid4()
    policies.wishes_of_a_move = lambda _cause, _db: [policies.wish(masha, AddNote())] * 2
    topics.tell(CARE, _patient(masha, REGISTERED, MOVED))
    follower = make(topics)
    await _steps(follower, topics.subscriber(group="", topics=[CARE]))
    assert follower.parked == 1
    assert await _facts(desk, masha) == ["HomeworkGiven"]


async def test_already_so_is_an_answer_too(
    make: Make, topics: Topics, desk: HomeworkDesk, policies: Policies
) -> None:
    masha = uuid4()
    policies.wishes_of_a_move = lambda _cause, _db: [policies.wish(masha, Resume())]
    topics.tell(CARE, _patient(masha, REGISTERED, MOVED))
    follower = make(topics)
    await _steps(follower, topics.subscriber(group="", topics=[CARE]))
    assert follower.parked == 0
    assert await _facts(desk, masha) == ["HomeworkGiven"]


async def test_reactions_of_two_clinics_in_one_batch_stay_apart(
    make: Make, topics: Topics, desk: HomeworkDesk
) -> None:
    masha, elsewhere = uuid4(), uuid4()
    topics.tell(CARE, _patient(masha, REGISTERED))
    data = {"patient_id": str(masha), "zone": "Asia/Tokyo", "locale": "ja"}
    topics.tell(CARE, stream("patient", masha, (REGISTERED, data), subject=masha, tenant=elsewhere))
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await _facts(desk, masha) == ["HomeworkGiven"]
    assert len(await desk.history(elsewhere, masha)) == 1


@asynccontextmanager
async def _running(follower: Follower) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(follower.run(stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def test_the_position_and_the_reaction_are_one_transaction(
    make: Make, topics: Topics, desk: HomeworkDesk, database: Database
) -> None:
    masha = uuid4()
    with psycopg.connect(database.url, autocommit=True) as superuser:
        superuser.execute("REVOKE UPDATE ON review.positions FROM review_follow")
        topics.tell(CARE, _patient(masha, REGISTERED))
        with pytest.raises(Exception, match="permission denied"):
            await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
        assert await _facts(desk, masha) == []
        superuser.execute("GRANT UPDATE ON review.positions TO review_follow")
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await _facts(desk, masha) == ["HomeworkGiven"]


async def _until(done: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not await done():  # noqa: ASYNC110 - the database is what changes
            await asyncio.sleep(0.02)


async def test_a_lost_database_connection_is_waited_out(
    make: Make, topics: Topics, desk: HomeworkDesk, database: Database
) -> None:
    masha, lev = uuid4(), uuid4()

    async def given(who: UUID) -> bool:
        try:
            return bool(await _facts(desk, who))
        except Exception:  # noqa: BLE001 - our own connection was cut as well
            return False

    async with _running(make(topics)):
        topics.tell(CARE, _patient(masha, REGISTERED))
        await _until(lambda: given(masha))
        with psycopg.connect(database.url, autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'review_app' AND datname = current_database()"
            )
        topics.tell(CARE, _patient(lev, REGISTERED))
        await _until(lambda: given(lev))


async def test_one_waits_until_what_one_saw_has_arrived(
    make: Make, topics: Topics, pool: Pool
) -> None:
    masha = uuid4()
    told = _patient(masha, REGISTERED, MOVED)
    name = stream_name("patient", masha)
    awaiting = Awaiting(
        pool, KEEP, care_facts.CATEGORIES, monotonic=asyncio.get_running_loop().time
    )
    assert not await awaiting.wait(CLINIC, [(name, 1)], seconds=0.02)
    waiting = asyncio.create_task(awaiting.wait(CLINIC, [(name, 2)], seconds=10))
    topics.tell(CARE, told)
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    assert await waiting
    assert await awaiting.wait(CLINIC, [(name, 1), (name, 2)], seconds=0)
    assert not await awaiting.wait(uuid4(), [(name, 1)], seconds=0)
    assert not await awaiting.wait(CLINIC, [(name, 3)], seconds=0.02)


async def test_news_ends_the_wait_at_once(
    make: Make, topics: Topics, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.eventstore.awaiting._LONGEST_LOOK", 60.0)
    masha, bell = uuid4(), asyncio.Event()

    @asynccontextmanager
    async def news(_tenant_id: UUID, _streams: Collection[str]) -> AsyncIterator[asyncio.Event]:
        yield bell

    clock = asyncio.get_running_loop().time
    awaiting = Awaiting(pool, KEEP, care_facts.CATEGORIES, monotonic=clock, news=news)
    waiting = asyncio.create_task(
        awaiting.wait(CLINIC, [(stream_name("patient", masha), 1)], seconds=50)
    )
    topics.tell(CARE, _patient(masha, REGISTERED))
    await _steps(make(topics), topics.subscriber(group="", topics=[CARE]))
    bell.set()
    assert await asyncio.wait_for(waiting, 5)


async def test_streams_that_nobody_follows_here_are_not_waited_for(pool: Pool) -> None:
    awaiting = Awaiting(
        pool, KEEP, care_facts.CATEGORIES, monotonic=asyncio.get_running_loop().time
    )
    assert await awaiting.wait(CLINIC, [(stream_name("entry", uuid4()), 7)], seconds=0)
    assert await awaiting.wait(CLINIC, [], seconds=0)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker_url(request: pytest.FixtureRequest, database: Database) -> str:
    if request.param == "embedded":
        return database.url_as("broker_app")
    return str(request.getfixturevalue("kafka_broker"))


async def test_on_a_real_broker(
    make: Callable[[Broker, str], Follower],
    desk: HomeworkDesk,
    broker_url: str,
    topic_prefix: str,
) -> None:
    topic = f"{topic_prefix}{CARE}"
    patients = [uuid4() for _ in range(20)]
    told = [_patient(who, REGISTERED, MOVED) for who in patients]
    broker = connect(broker_url)
    await asyncio.to_thread(broker.ensure_topic, topic, partitions=3)
    publisher = broker.publisher()
    messages = [to_message(one, topic) for pair in told for one in pair]
    await asyncio.to_thread(publisher.publish, messages)

    async def done() -> bool:
        return all([len(await _facts(desk, who)) == 2 for who in patients])

    async with _running(make(broker, topic)):
        await _until(done)
    await asyncio.to_thread(publisher.close)
    await asyncio.to_thread(broker.close)
