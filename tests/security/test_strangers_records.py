"""Anyone who reaches the broker may write to a topic. What a stranger writes there is parked by its
place and a code; nothing of it is applied, causes anything, stops anybody, or is repeated.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from kafka import KafkaProducer
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from libs.access import care_facts
from libs.eventstore.following import Follower, reacting
from libs.eventstore.projecting import Projector
from libs.eventstore.reacting import Cause, Reacting, Reaction, Wish
from libs.eventstore.reading import Fact
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Reader
from libs.messaging.address import kafka_address
from libs.messaging.broker import Broker, Message
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message
from libs.testing.cast import NOW
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY
from libs.testing.topics import Topics
from tests.security.hostile_records import (
    CANARY,
    LONDON,
    MARS,
    REGISTERED,
    STRANGE,
    TOKYO,
    Strange,
    patient,
)

pytestmark = [pytest.mark.security("strangers' records"), pytest.mark.postgres]

TOPIC = "interlude.care.events.v1"


class People:
    """Keeps what care tells of people, and remembers which facts it was given."""

    def __init__(self) -> None:
        self.given: list[UUID] = []

    def project(self, db: Connection, events: Sequence[Recorded]) -> None:
        care_facts.keep(db, events)
        self.given += [recorded.event_id for recorded in events]


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    engine = create_engine(
        database.url_as("review_follow").replace("postgresql:", "postgresql+psycopg:")
    )
    yield engine
    engine.dispose()


@pytest.fixture
def topics() -> Topics:
    topics = Topics()
    topics.ensure_topic(TOPIC, partitions=3)
    return topics


@pytest.fixture
def people() -> People:
    return People()


def reader_of(topic: str) -> Reader:
    return Reader(name=f"live-{uuid4()}", chain_keys={topic: CHAIN_KEY})


def projector(engine: Engine, broker: Broker, reader: Reader, people: People) -> Projector:
    return Projector(
        engine, broker, reader, [people], group=reader.name, now=_now, monotonic=lambda: 0.0
    )


def _now() -> datetime:
    return NOW


def parked(engine: Engine, reader: Reader) -> list[str]:
    """The codes, and nothing else is kept of what was read."""
    with engine.connect() as db:
        rows = db.execute(
            text("SELECT p.code, p::text AS all FROM review.parked p WHERE reader = :r ORDER BY 1"),
            {"r": reader.name},
        ).all()
    assert all(CANARY.decode() not in row.all for row in rows)
    return [row.code for row in rows]


def zone_of(engine: Engine, who: UUID) -> str | None:
    with engine.connect() as db:
        zone: str | None = db.scalar(
            text("SELECT zone FROM review.known_people WHERE person_id = :who"), {"who": who}
        )
    return zone


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_a_strangers_record_becomes_no_row(
    strange: Strange,
    topics: Topics,
    people: People,
    engine: Engine,
    capsys: pytest.CaptureFixture[str],
) -> None:
    masha = uuid4()
    registered, moved = patient(masha, LONDON, TOKYO)
    reader = reader_of(TOPIC)
    reading = projector(engine, topics, reader, people)
    member = topics.subscriber(group="", topics=[TOPIC])
    topics.tell(TOPIC, [registered])
    topics.say(strange.made(moved, TOPIC))
    for _ in range(4):
        reading.step(member)
    assert parked(engine, reader) == [strange.code]
    assert zone_of(engine, masha) == LONDON
    topics.tell(TOPIC, [moved])
    for _ in range(4):
        reading.step(member)
    assert zone_of(engine, masha) == TOKYO
    assert people.given == [registered.event_id, moved.event_id]
    assert CANARY.decode() not in "".join(capsys.readouterr())


class Registered(Fact):
    patient_id: UUID
    zone: str


@pytest.fixture
async def reacts(database: Database) -> AsyncIterator[Callable[[Topics], tuple[Any, list[str]]]]:
    """A follower that asks for nothing, and the zones of which it was told."""
    engine = create_async_engine(
        database.url_as("review_follow").replace("postgresql:", "postgresql+asyncpg:")
    )

    def made(topics: Topics) -> tuple[Follower, list[str]]:
        told: list[str] = []

        def noted(cause: Cause[Registered], _db: Connection) -> Sequence[Wish]:
            told.append(cause.fact.zone)
            return []

        table = {REGISTERED: [Reaction(name="notes", reads=Registered, wishes=noted)]}
        reader = reader_of(TOPIC)
        part = reacting(reader, Reacting("review", table, now=_now))
        return (
            Follower(engine, topics, [part], group=reader.name, now=_now, monotonic=lambda: 0.0),
            told,
        )

    yield made
    await engine.dispose()


@pytest.mark.parametrize("strange", STRANGE, ids=str)
async def test_a_strangers_record_causes_nothing(
    strange: Strange, topics: Topics, reacts: Callable[[Topics], tuple[Follower, list[str]]]
) -> None:
    registered, moved = patient(uuid4(), LONDON, TOKYO)
    follower, told = reacts(topics)
    member = topics.subscriber(group="", topics=[TOPIC])
    topics.tell(TOPIC, [registered])
    topics.say(strange.made(moved, TOPIC))
    for _ in range(4):
        await follower.step(member)
    assert told == [LONDON]
    assert follower.parked == 1
    topics.tell(TOPIC, [moved])
    for _ in range(4):
        await follower.step(member)
    assert told == [LONDON, TOKYO]


def put(producer: KafkaProducer, message: Message) -> None:
    producer.send(
        message.topic, key=message.key, value=message.value, headers=list(message.headers)
    ).get(20)


def eventually(done: Callable[[], bool], step: Callable[[], object]) -> bool:
    """Within a minute, as long as it reads on."""
    until = time.monotonic() + 60
    while not done() and time.monotonic() < until:
        step()
    return done()


@pytest.mark.kafka
@pytest.mark.timeout(300)
def test_on_apache_kafka_all_of_them_are_parked_and_the_stream_goes_on(
    kafka_broker: str, topic_prefix: str, people: People, engine: Engine
) -> None:
    topic, masha = f"{topic_prefix}{TOPIC}", uuid4()
    registered, moved = patient(masha, LONDON, TOKYO)
    broker = connect(kafka_broker)
    broker.ensure_topic(topic, partitions=3)
    producer = KafkaProducer(
        bootstrap_servers=kafka_address(kafka_broker).servers, max_request_size=2_000_000
    )
    reader = reader_of(topic)
    reading = projector(engine, broker, reader, people)
    member = broker.subscriber(group=reader.name, topics=[topic])
    try:
        put(producer, to_message(registered, topic))
        for strange in STRANGE:
            put(producer, strange.made(moved, topic))
        stepped = partial(reading.step, member)
        assert eventually(lambda: len(parked(engine, reader)) == len(STRANGE), stepped)
        assert parked(engine, reader) == sorted(strange.code for strange in STRANGE)
        put(producer, to_message(moved, topic))
        assert eventually(lambda: zone_of(engine, masha) == TOKYO, stepped)
    finally:
        member.close()
        producer.close()
        broker.close()
    assert people.given == [registered.event_id, moved.event_id]
    assert zone_of(engine, masha) != MARS
