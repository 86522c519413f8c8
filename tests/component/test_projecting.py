"""The projector turns topics into rows: each fact once, whatever breaks on the way."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from prometheus_client import REGISTRY
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from libs.access import care_facts
from libs.eventstore import parking
from libs.eventstore.changes import CHANNEL, Changes, heard
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.projecting import Projector
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Reader
from libs.messaging.broker import Broker, SubscriberLost
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message
from libs.testing.cast import NOW
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY, stream
from libs.testing.topics import Member, Topics
from libs.testing.traces import parent_of, traced
from libs.tracing.correlating import with_correlation

pytestmark = pytest.mark.postgres

TOPIC = "interlude.care.events.v1"
LONDON, TOKYO = "Europe/London", "Asia/Tokyo"


class Clock:
    """Both clocks, which the test winds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class KnownPeople:
    """Projects people, except what a test has made it stumble over."""

    def __init__(self) -> None:
        self.stumbles: set[UUID] = set()
        self.seen: list[UUID] = []

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        care_facts.keep(db, events)
        if any(recorded.stream_uuid in self.stumbles for recorded in events):
            raise KeyError("stumbled")
        self.seen += [recorded.event_id for recorded in events]


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    url = database.url_as("review_follow").replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def onlooker(database: Database) -> Iterator[Engine]:
    """Whose connections are not the projector's."""
    engine = create_engine(database.url.replace("postgresql:", "postgresql+psycopg:"))
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people() -> KnownPeople:
    return KnownPeople()


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.ensure_topic(TOPIC, partitions=3)
    return topics


@pytest.fixture
def reader() -> Reader:
    return Reader(name=f"live-{uuid4()}", chain_keys={TOPIC: CHAIN_KEY})


Make = Callable[..., Projector]


@pytest.fixture
def make(engine: Engine, reader: Reader, clock: Clock) -> Make:
    def make(broker: Broker, *projections: KnownPeople) -> Projector:
        return Projector(
            engine,
            broker,
            reader,
            projections,
            group=reader.name,
            now=clock.now,
            monotonic=clock.monotonic,
        )

    return make


@pytest.fixture
def retry(engine: Engine, reader: Reader, clock: Clock) -> Callable[[], int]:
    """What the operator's command does; the running projector sees it within seconds."""

    def retry() -> int:
        with engine.begin() as db:
            wished = parking.wish(db, reader.name, clock.now())
        clock.seconds += 2
        return wished

    return retry


def _patient(who: UUID, *zones: str, traceparent: str = "") -> Sequence[Recorded]:
    name = "interlude.care.PatientRegistered.v1"
    facts = [(name, {"patient_id": str(who), "zone": zone, "locale": "en"}) for zone in zones]
    return stream("patient", who, *facts, subject=who, traceparent=traceparent)


def _patients(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]


def _zones(engine: Engine, people: Sequence[UUID]) -> list[str | None]:
    with engine.connect() as db:
        rows = db.execute(
            text("SELECT person_id, zone FROM review.known_people WHERE person_id = ANY(:people)"),
            {"people": list(people)},
        )
        zones = {row.person_id: row.zone for row in rows}
    return [zones.get(person) for person in people]


def _steps(projector: Projector, member: Member, count: int = 4) -> None:
    for _ in range(count):
        projector.step(member)


def test_what_is_told_becomes_rows(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine
) -> None:
    everybody = _patients(10)
    for person in everybody:
        topics.tell(TOPIC, _patient(person, LONDON, TOKYO))
    _steps(make(topics, people), topics.subscriber(group="", topics=[TOPIC]))
    assert _zones(engine, everybody) == [TOKYO] * 10
    assert len(people.seen) == 20


def test_after_a_restart_it_goes_on_where_it_was(
    make: Make, topics: Topics, people: KnownPeople
) -> None:
    masha = uuid4()
    told = _patient(masha, LONDON, TOKYO)
    topics.tell(TOPIC, told[:1])
    _steps(make(topics, people), topics.subscriber(group="", topics=[TOPIC]))
    topics.tell(TOPIC, told)
    member = topics.subscriber(group="", topics=[TOPIC])
    _steps(make(topics, people), member)
    assert people.seen == [one.event_id for one in told]
    assert sum(member.noted.values()) == 3


def test_one_poison_record_stops_its_stream_and_nothing_else(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine
) -> None:
    everybody = _patients(9)
    people.stumbles = {everybody[4]}
    for person in everybody:
        topics.tell(TOPIC, _patient(person, LONDON, TOKYO))
    projector = make(topics, people)
    _steps(projector, topics.subscriber(group="", topics=[TOPIC]))
    assert _zones(engine, everybody) == [TOKYO] * 4 + [None] + [TOKYO] * 4
    assert projector.parked == 2


def test_what_is_parked_is_logged_with_the_correlation_of_its_cause(
    make: Make, topics: Topics, people: KnownPeople
) -> None:
    masha = uuid4()
    people.stumbles = {masha}
    (registered,) = told = _patient(masha, LONDON)
    topics.tell(TOPIC, told)
    with structlog.testing.capture_logs([with_correlation]) as lines:
        _steps(make(topics, people), topics.subscriber(group="", topics=[TOPIC]))
    (line,) = [line for line in lines if line["event"] == "parked"]
    assert line["correlation_id"] == str(registered.correlation_id)


def test_applying_is_a_step_of_the_trace_of_each_fact(
    make: Make, topics: Topics, people: KnownPeople
) -> None:
    causes = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2)]
    for person, cause in zip(_patients(2), causes, strict=True):
        topics.tell(TOPIC, _patient(person, LONDON, TOKYO, traceparent=cause))
    projector = make(topics, people)
    with traced() as traces:
        _steps(projector, topics.subscriber(group="", topics=[TOPIC]))
    assert {parent_of(span) for span in traces.spans if span.parent} == set(causes)


def test_how_late_and_how_soon_is_measured(
    make: Make, topics: Topics, people: KnownPeople, reader: Reader, clock: Clock
) -> None:
    def measured(name: str) -> float | None:
        return REGISTRY.get_sample_value(f"interlude_reader_{name}", {"reader": reader.name})

    topics.tell(TOPIC, _patient(uuid4(), LONDON))
    clock.seconds = 4
    projector, member = make(topics, people), topics.subscriber(group="", topics=[TOPIC])
    _steps(projector, member)
    assert (measured("lag_events"), measured("lag_seconds")) == (0, 0)
    assert (measured("visible_seconds_sum"), measured("visible_seconds_count")) == (3, 1)
    clock.seconds = 3600
    assert measured("lag_seconds") == 3596


def test_once_it_can_be_handled_a_retry_applies_it_and_what_queued_behind(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine, retry: Callable[[], int]
) -> None:
    masha, others = uuid4(), _patients(20)
    people.stumbles = {masha}
    told = _patient(masha, LONDON, TOKYO)
    topics.tell(TOPIC, told[:1])
    for person in others:
        topics.tell(TOPIC, _patient(person, LONDON))
    topics.tell(TOPIC, told[1:])
    projector, member = make(topics, people), topics.subscriber(group="", topics=[TOPIC])
    member.most = 3
    _steps(projector, member, 20)
    assert projector.parked == 2
    people.stumbles = set()
    assert retry() == 2
    _steps(projector, member, 20)
    assert _zones(engine, [masha]) == [TOKYO]
    assert projector.parked == 0
    assert len(people.seen) == len(set(people.seen)) == 22


def test_what_was_parked_comes_back_in_the_order_in_which_it_was_told(
    make: Make, topics: Topics, people: KnownPeople, retry: Callable[[], int]
) -> None:
    masha = uuid4()
    people.stumbles = {masha}
    told = _patient(masha, LONDON, TOKYO, LONDON, TOKYO, LONDON)
    topics.tell(TOPIC, told)
    projector, member = make(topics, people), topics.subscriber(group="", topics=[TOPIC])
    member.most = 2
    _steps(projector, member, 8)
    people.stumbles = set()
    assert retry() == 5
    _steps(projector, member, 8)
    assert people.seen == [one.event_id for one in told]


def test_what_comes_after_a_retry_is_read_as_ever(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine, retry: Callable[[], int]
) -> None:
    masha, later = uuid4(), uuid4()
    people.stumbles = {masha}
    topics.tell(TOPIC, _patient(masha, LONDON))
    projector, member = make(topics, people), topics.subscriber(group="", topics=[TOPIC])
    _steps(projector, member)
    retry()
    topics.tell(TOPIC, _patient(later, LONDON))
    _steps(projector, member, 6)
    assert projector.parked == 1
    assert _zones(engine, [masha, later]) == [None, LONDON]


def test_a_stranger_applies_nothing_and_stops_nothing(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine
) -> None:
    masha = uuid4()
    told = _patient(masha, LONDON, TOKYO)
    forged = replace(told[1], data=b'{"zone":"Mars/Olympus","locale":"en"}')
    topics.tell(TOPIC, [told[0], forged, told[1]])
    projector = make(topics, people)
    _steps(projector, topics.subscriber(group="", topics=[TOPIC]))
    assert _zones(engine, [masha]) == [TOKYO]
    assert projector.parked == 0


def test_a_lost_topic_told_again_heals_what_was_missed(
    make: Make, topics: Topics, people: KnownPeople, engine: Engine
) -> None:
    masha = uuid4()
    told = _patient(masha, LONDON, LONDON, TOKYO)
    topics.tell(TOPIC, told[:1])
    projector, member = make(topics, people), topics.subscriber(group="", topics=[TOPIC])
    _steps(projector, member)
    topics.lose(TOPIC)
    topics.tell(TOPIC, told[2:])
    _steps(projector, member)
    assert projector.parked == 1
    topics.tell(TOPIC, told)
    _steps(projector, member)
    assert _zones(engine, [masha]) == [TOKYO]
    assert people.seen == [one.event_id for one in told]


def test_whoever_lost_the_partition_writes_nothing_more(
    make: Make, topics: Topics, people: KnownPeople
) -> None:
    ours, theirs = make(topics, people), make(topics, people)
    member, other = (topics.subscriber(group="", topics=[TOPIC]) for _ in range(2))
    _steps(ours, member)
    _steps(theirs, other)
    topics.tell(TOPIC, _patient(uuid4(), LONDON))
    theirs.step(other)
    with pytest.raises(PlaceTaken):
        ours.step(member)
    assert len(people.seen) == 1


def test_those_who_wait_are_told_what_changed(
    make: Make, topics: Topics, people: KnownPeople, database: Database
) -> None:
    masha = uuid4()
    told = _patient(masha, LONDON, TOKYO)
    topics.tell(TOPIC, told)
    with psycopg.connect(database.url_as("review_follow"), autocommit=True) as waiting:
        waiting.execute(f"LISTEN {CHANNEL}")
        _steps(make(topics, people), topics.subscriber(group="", topics=[TOPIC]))
        notices = [heard(notice.payload) for notice in waiting.notifies(timeout=0.2)]
    assert notices == [
        Changes(
            tenant_id=told[0].tenant_id,
            streams={f"patient-{masha}": 2},
            subjects=frozenset({masha}),
        )
    ]


def test_a_projection_without_its_table_stops_the_process_and_parks_nothing(
    make: Make, topics: Topics, engine: Engine, reader: Reader
) -> None:
    class Misbuilt(KnownPeople):
        def project(self, db: Connection, events: Sequence[Recorded]) -> None:
            del events
            db.execute(text("SELECT FROM nowhere"))

    topics.tell(TOPIC, _patient(uuid4(), LONDON))
    with pytest.raises(ProgrammingError):
        make(topics, Misbuilt()).run(Event())
    with engine.connect() as db:
        assert parking.count(db, reader.name) == (0, 0)


@contextmanager
def _running(projector: Projector) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=projector.run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def _until(done: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_lost_database_connection_is_waited_out(
    make: Make, topics: Topics, people: KnownPeople, onlooker: Engine, database: Database
) -> None:
    first, second = uuid4(), uuid4()
    with _running(make(topics, people)):
        topics.tell(TOPIC, _patient(first, LONDON))
        _until(lambda: _zones(onlooker, [first]) == [LONDON])
        with psycopg.connect(database.url, autocommit=True) as superuser:
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'review_app' AND datname = current_database()"
            )
        topics.tell(TOPIC, _patient(second, LONDON))
        _until(lambda: _zones(onlooker, [second]) == [LONDON])


def test_asked_to_stop_it_leaves_its_group(
    make: Make, topics: Topics, people: KnownPeople, onlooker: Engine
) -> None:
    masha = uuid4()
    topics.tell(TOPIC, _patient(masha, LONDON))
    with _running(make(topics, people)):
        _until(lambda: _zones(onlooker, [masha]) == [LONDON])
    assert [member.closed for member in topics.members] == [True]


class Unreliable(Topics):
    """A broker that goes away now and then."""

    failures = 2

    def subscriber(self, *, group: str, topics: Sequence[str]) -> Member:
        if self.failures:
            self.failures -= 1
            raise SubscriberLost
        return super().subscriber(group=group, topics=topics)


def test_a_lost_broker_is_waited_out(make: Make, people: KnownPeople, onlooker: Engine) -> None:
    topics, masha = Unreliable(), uuid4()
    topics.tell(TOPIC, _patient(masha, LONDON))
    with _running(make(topics, people)):
        _until(lambda: _zones(onlooker, [masha]) == [LONDON])


def test_a_backlog_is_read_ahead_and_each_fact_is_applied_once(
    make: Make,
    topics: Topics,
    people: KnownPeople,
    onlooker: Engine,
    retry: Callable[[], int],
) -> None:
    everybody = _patients(1500)
    people.stumbles = {everybody[700]}
    for person in everybody:
        topics.tell(TOPIC, _patient(person, LONDON, TOKYO))
    projector = make(topics, people)
    with _running(projector):
        _until(lambda: len(people.seen) == 2998 and projector.parked == 2)
        people.stumbles = set()
        assert retry() == 2
        _until(lambda: len(people.seen) == 3000)
    assert len(set(people.seen)) == 3000
    assert _zones(onlooker, everybody) == [TOKYO] * 1500


def _reads_all(make: Make, broker: Broker, prefix: str, reader: Reader, engine: Engine) -> None:
    topic = f"{prefix}{TOPIC}"
    broker.ensure_topic(topic, partitions=3)
    everybody = _patients(200)
    told = [_patient(person, LONDON, TOKYO) for person in everybody]
    publisher = broker.publisher()
    publisher.publish([to_message(one[0], topic) for one in told])
    object.__setattr__(reader, "chain_keys", {topic: CHAIN_KEY})
    people = KnownPeople()
    people.stumbles = {everybody[7]}
    projector = make(broker, people)
    with _running(projector):
        publisher.publish([to_message(one[1], topic) for one in told])
        publisher.close()
        _until(lambda: len(people.seen) == 398 and projector.parked == 2)
    people.stumbles = set()
    with engine.begin() as db:
        parking.wish(db, reader.name, NOW)
    with _running(make(broker, people)):
        _until(lambda: len(people.seen) == 400)
    assert _zones(engine, everybody) == [TOKYO] * 200
    assert len(set(people.seen)) == 400


def test_on_the_embedded_log(
    make: Make, database: Database, topic_prefix: str, reader: Reader, engine: Engine
) -> None:
    broker = connect(database.url_as("broker_app"))
    _reads_all(make, broker, topic_prefix, reader, engine)
    broker.close()


@pytest.mark.kafka
def test_on_apache_kafka(
    make: Make, kafka_broker: str, topic_prefix: str, reader: Reader, engine: Engine
) -> None:
    broker = connect(kafka_broker)
    _reads_all(make, broker, topic_prefix, reader, engine)
    broker.close()
