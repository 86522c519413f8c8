"""The relay on a real PostgreSQL: with a scripted publisher, with the embedded log, with Kafka."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from prometheus_client import REGISTRY

from libs.eventstore.recorded import Recorded
from libs.messaging import outbox
from libs.messaging.broker import (
    Broker,
    BrokerUnavailable,
    Delivery,
    Message,
    Partition,
    Publisher,
    PublishFailed,
    Reading,
    Subscriber,
)
from libs.messaging.connect import connect
from libs.messaging.envelope import from_delivery, to_message, topic_of
from libs.messaging.relay import Relay
from libs.messaging.republish import BATCH, NoSuchStream, RelayBusy, republish
from libs.process.showing import Interrupted
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.traces import parent_of, traced

pytestmark = pytest.mark.postgres

SERVICE = "assignment"
STREAMS = tuple(f"assignment-{UUID(int=number)}" for number in range(1, 8))
ENOUGH = 20.0

_INSERT = """
INSERT INTO assignment.events (event_id, tenant_id, stream_id, version, type, subject_id, actor_id,
  actor_role, on_behalf_of, correlation_id, causation_id, traceparent, occurred_at, zone,
  recorded_at, data, chain)
VALUES (%(event_id)s, %(tenant_id)s, %(stream_id)s, %(version)s, %(type)s, %(subject_id)s,
  %(actor_id)s, %(actor_role)s, %(on_behalf_of)s, %(correlation_id)s, %(causation_id)s,
  %(traceparent)s, %(occurred_at)s, %(zone)s, %(recorded_at)s, %(data)s, %(chain)s)
RETURNING position
"""


class Store:
    """The assignment service's tables, written to as its api would."""

    def __init__(self, database: Database) -> None:
        self.url = database.url_as("assignment_relay")
        self._superuser = database.url
        self._versions: dict[str, int] = {}

    def append(self, count: int, data: bytes = b'{"rating": 7,  "of": 10}') -> list[Recorded]:
        facts = [self._fact(number, data) for number in range(count)]
        with psycopg.connect(self._superuser) as connection:
            for fact in facts:
                position = self.write(connection, fact)
                connection.execute("INSERT INTO assignment.outbox VALUES (%s)", [position])
        return facts

    def _fact(self, number: int, data: bytes) -> Recorded:
        stream = STREAMS[number % len(STREAMS)]
        self._versions[stream] = self._versions.get(stream, 0) + 1
        return Recorded(
            event_id=uuid4(),
            stream_id=stream,
            version=self._versions[stream],
            type="interlude.assignment.ReadinessRated.v1",
            tenant_id=CLINIC,
            subject_id=(MASHA, LEV, None)[number % len(STREAMS) % 3],
            actor_id=ANNA,
            actor_role="therapist",
            on_behalf_of=MASHA if number % 2 else None,
            correlation_id=uuid4(),
            causation_id=uuid4() if number % 2 else None,
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            occurred_at=NOW + timedelta(microseconds=number),
            zone="Europe/London",
            recorded_at=NOW + timedelta(seconds=1),
            data=data,
            chain=bytes(range(16)),
        )

    @staticmethod
    def write(connection: psycopg.Connection, fact: Recorded) -> int:
        values = {name: getattr(fact, name) for name in Recorded.__slots__}
        row = connection.execute(_INSERT, {**values, "data": fact.data.decode()}).fetchone()
        assert row is not None
        return int(row[0])

    def ask(self, question: str, *arguments: object) -> object:
        with psycopg.connect(self._superuser, autocommit=True) as connection:
            row = connection.execute(question, arguments).fetchone()
            assert row is not None
            return row[0]

    def waiting(self) -> int:
        return int(str(self.ask("SELECT count(*) FROM assignment.outbox")))


class Scripted:
    """A broker whose publishers do what the test says; `published` is what was acknowledged."""

    def __init__(
        self, behave: Callable[[Sequence[Message]], None] = lambda _messages: None
    ) -> None:
        self.behave = behave
        self.attempts: list[Sequence[Message]] = []
        self.published: list[Message] = []
        self.absent = 0
        self.publishers = 0
        self.ensured = 0
        self.lost = 0
        """How often the topic was lost and made again, empty."""

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        assert (topic, partitions, retention_ms) == (topic_of(SERVICE), 12, -1)
        self.ensured += 1
        if self.absent:
            self.absent -= 1
            raise BrokerUnavailable("unreachable")

    def publisher(self) -> Publisher:
        self.publishers += 1
        return self

    def publish(self, messages: Sequence[Message]) -> None:
        self.attempts.append(messages)
        self.behave(messages)
        self.published.extend(messages)

    def close(self) -> None: ...

    def topic_id(self, topic: str) -> str:
        if self.absent:
            raise BrokerUnavailable("unreachable")
        return f"{topic}/{self.lost}"

    def lose(self) -> None:
        self.published.clear()
        self.lost += 1

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        raise NotImplementedError(topics)

    def reading(self, places: Mapping[Partition, int]) -> Reading:
        raise NotImplementedError

    def subscriber(self, *, group: str, topics: Sequence[str]) -> Subscriber:
        raise NotImplementedError(group, topics)


def fails(times: int) -> Callable[[Sequence[Message]], None]:
    left = [times]

    def behave(_messages: Sequence[Message]) -> None:
        if left[0]:
            left[0] -= 1
            raise PublishFailed("kafka-timeout")

    return behave


def once_after(batches: int, error: Exception) -> Callable[[Sequence[Message]], None]:
    left = [batches, 1]

    def behave(_messages: Sequence[Message]) -> None:
        if left[0]:
            left[0] -= 1
        elif left[1]:
            left[1] -= 1
            raise error

    return behave


@pytest.fixture
def store(own_database: Database) -> Store:
    return Store(own_database)


def relay(store: Store, broker: Broker, *, batch: int = 1000, topic: str = "") -> Relay:
    return Relay(
        store.url,
        broker,
        service=SERVICE,
        topic=topic or topic_of(SERVICE),
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        batch=batch,
    )


@contextmanager
def running(*relays: Relay) -> Iterator[threading.Event]:
    stop = threading.Event()
    threads = [threading.Thread(target=each.run, args=[stop]) for each in relays]
    for each in threads:
        each.start()
    try:
        yield stop
    finally:
        stop.set()
        for each in threads:
            each.join(ENOUGH)
            assert not each.is_alive()


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ENOUGH
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ids(messages: Sequence[Message]) -> list[str]:
    return [dict(each.headers)["ce_id"].decode() for each in messages]


def test_facts_are_published_in_the_order_of_the_store_and_then_forgotten(store: Store) -> None:
    broker = Scripted()
    facts = store.append(25)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published) == [str(fact.event_id) for fact in facts]
    assert [len(each) for each in broker.attempts] == [10, 10, 5]
    assert broker.published == [to_message(fact, topic_of(SERVICE)) for fact in facts]


def test_nothing_is_forgotten_before_the_broker_has_it(store: Store) -> None:
    seen: list[int] = []
    broker = Scripted(lambda _messages: seen.append(store.waiting()))
    store.append(3)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert seen == [3]


def test_a_batch_that_failed_is_sent_again_whole_by_another_publisher(store: Store) -> None:
    broker = Scripted(fails(2))
    facts = store.append(5)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert [ids(each) for each in broker.attempts] == [[str(fact.event_id) for fact in facts]] * 3
    assert broker.attempts[0] == broker.attempts[2]
    assert broker.publishers == 3


def test_what_follows_a_failed_batch_is_not_sent_before_it(store: Store) -> None:
    broker = Scripted(fails(1))
    facts = store.append(20)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published) == [str(fact.event_id) for fact in facts]
    assert ids(broker.attempts[0]) == ids(broker.attempts[1])


def test_a_topic_that_was_lost_gets_all_that_was_published_before_anything_new(
    store: Store,
) -> None:
    broker = Scripted()
    facts = store.append(25)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    broker.lose()
    facts += store.append(2)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    told = ids(broker.published)
    assert list(dict.fromkeys(told)) == [str(fact.event_id) for fact in facts]
    assert told[25:] == [str(fact.event_id) for fact in facts[25:]] * 2


def test_making_a_topic_whole_begins_anew_where_it_broke_off(store: Store) -> None:
    broker = Scripted()
    facts = store.append(2500)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    broker.lose()
    broker.behave = once_after(1, PublishFailed("kafka-timeout"))
    facts += store.append(1)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert list(dict.fromkeys(ids(broker.published))) == [str(fact.event_id) for fact in facts]


def test_of_two_relays_one_works(store: Store) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def slowly(_messages: Sequence[Message]) -> None:
        at_work.set()
        assert go_on.wait(ENOUGH)

    first, second = Scripted(slowly), Scripted()
    store.append(5)
    with running(relay(store, first)):
        assert at_work.wait(ENOUGH)
        with running(relay(store, second)):
            time.sleep(0.5)
            assert not second.attempts
            go_on.set()
            eventually(lambda: store.waiting() == 0)
    assert len(first.published) == 5
    assert not second.published


def test_a_relay_that_died_is_replaced(store: Store) -> None:
    store.append(5)
    dying = Scripted(lambda _messages: _end_session(store))
    surviving = Scripted()
    with running(relay(store, dying)) as stop:
        eventually(lambda: bool(dying.attempts))
        stop.set()
        with running(relay(store, surviving)):
            eventually(lambda: store.waiting() == 0)
    assert ids(surviving.published) == ids(dying.attempts[0])


def test_a_relay_that_lost_its_session_cannot_delete(store: Store) -> None:
    once = iter([True])

    def interrupted(_messages: Sequence[Message]) -> None:
        if next(once, False):
            _end_session(store)
            assert store.waiting() == 5

    broker = Scripted(interrupted)
    store.append(5)
    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)
    assert ids(broker.attempts[0]) == ids(broker.attempts[1])


def _end_session(store: Store) -> None:
    store.ask(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE usename = 'assignment_relay' AND datname = current_database()"
    )


def test_a_commit_that_comes_late_with_an_early_position_is_not_missed(store: Store) -> None:
    facts = store.append(2)
    late = store._fact(2, b"{}")
    with psycopg.connect(store._superuser) as slow:
        position = store.write(slow, late)
        slow.execute("INSERT INTO assignment.outbox VALUES (%s)", [position])
        facts += store.append(3)
        broker = Scripted()
        with running(relay(store, broker, batch=2)):
            eventually(lambda: len(broker.published) == 5)
            slow.commit()
            eventually(lambda: len(broker.published) == 6)
    assert ids(broker.published) == [str(fact.event_id) for fact in [*facts, late]]


def test_the_next_batch_is_read_while_one_is_on_its_way(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, in_flight = outbox.read, threading.Event()

    def noticed(*arguments: Any, **named: Any) -> outbox.Batch:
        batch = read(*arguments, **named)
        if named.get("in_flight"):
            in_flight.set()
        return batch

    monkeypatch.setattr(outbox, "read", noticed)
    overlapped: list[bool] = []
    broker = Scripted(lambda _messages: overlapped.append(in_flight.wait(2)))
    store.append(20)

    with running(relay(store, broker, batch=10)):
        eventually(lambda: store.waiting() == 0)

    assert overlapped[0]


def test_what_somebody_else_deleted_meanwhile_is_sent_at_most_again(store: Store) -> None:
    def taken_over(_messages: Sequence[Message]) -> None:
        store.ask(
            "WITH gone AS (DELETE FROM assignment.outbox RETURNING 1) SELECT count(*) FROM gone"
        )

    broker = Scripted(taken_over)
    store.append(5)

    with running(relay(store, broker)):
        eventually(lambda: len(broker.published) == 5)
        broker.behave = lambda _messages: None
        more = store.append(1)
        eventually(lambda: store.waiting() == 0)

    assert ids(broker.published)[-1] == str(more[0].event_id)
    assert lost_leases() > 0


def lost_leases() -> float:
    labels = {"service": SERVICE, "code": "lease-lost"}
    return REGISTRY.get_sample_value("interlude_relay_failures_total", labels) or 0


def test_a_relay_waits_for_a_broker_that_is_not_there(store: Store) -> None:
    broker = Scripted()
    broker.absent = 3
    store.append(1)

    with running(relay(store, broker)):
        eventually(lambda: store.waiting() == 0)

    assert len(broker.published) == 1


def test_who_is_asked_to_stop_finishes_the_batch_at_hand(store: Store) -> None:
    stopping: list[threading.Event] = []
    broker = Scripted(lambda _messages: stopping[0].set())
    store.append(30)

    with running(relay(store, broker, batch=10)) as stop:
        stopping.append(stop)
        eventually(lambda: store.waiting() == 20)

    assert len(broker.published) == 10
    assert store.waiting() == 20


def test_a_quiet_relay_is_woken_by_a_notification(store: Store) -> None:
    broker = Scripted()
    with running(relay(store, broker)):
        time.sleep(1)
        store.append(1)
        store.ask("SELECT pg_notify('outbox_assignment', '')::text")
        eventually(lambda: len(broker.published) == 1)


def test_what_waits_is_counted_and_aged(store: Store) -> None:
    store.append(3)
    before = REGISTRY.get_sample_value("interlude_relayed_total", {"service": SERVICE}) or 0

    with running(relay(store, Scripted())):
        eventually(lambda: store.waiting() == 0)

    after = REGISTRY.get_sample_value("interlude_relayed_total", {"service": SERVICE})
    assert after == before + 3
    assert REGISTRY.get_sample_value("interlude_outbox_rows", {"service": SERVICE}) is not None
    age = REGISTRY.get_sample_value("interlude_outbox_oldest_seconds", {"service": SERVICE})
    assert age is not None


def test_while_the_broker_is_away_what_waits_is_counted_and_grows_older(store: Store) -> None:
    def measured(name: str) -> float:
        return REGISTRY.get_sample_value(f"interlude_outbox_{name}", {"service": SERVICE}) or 0.0

    broker = Scripted()
    broker.absent = 10**6
    store.append(3)
    waiting = relay(store, broker)
    with running(waiting):
        eventually(lambda: measured("rows") == 3)
        first = measured("oldest_seconds")
        eventually(lambda: measured("oldest_seconds") > first)
        assert not waiting.standing


def test_with_nothing_to_publish_it_still_knows_that_the_broker_went_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.messaging.relay.HOUSEKEEPING", 0.05)
    broker = Scripted()
    idle = relay(store, broker)
    with running(idle):
        eventually(lambda: idle.standing)
        broker.absent = 10**6
        eventually(lambda: not idle.standing)
        broker.absent = 0
        eventually(lambda: idle.standing)


def test_publishing_is_a_step_of_the_trace_of_what_was_recorded(store: Store) -> None:
    (fact, *_) = store.append(3)
    with traced() as traces, running(relay(store, Scripted())):
        eventually(lambda: bool(traces.spans))
    published = traces.the(f"publish {topic_of(SERVICE)}")
    assert parent_of(published) == fact.traceparent


def test_the_whole_store_or_one_stream_is_published_again(store: Store) -> None:
    facts = store.append(20)
    with running(relay(store, Scripted())):
        eventually(lambda: store.waiting() == 0)
    broker, told = Scripted(), []

    sent = republish(
        store.url,
        broker,
        service=SERVICE,
        topic=topic_of(SERVICE),
        partitions=12,
        progress=lambda done, total: told.append((done, total)),
    )
    one = Scripted()
    republish(
        store.url, one, service=SERVICE, topic=topic_of(SERVICE), partitions=12, stream=STREAMS[0]
    )

    assert sent == 20
    assert told == [(20, 20)]
    assert broker.published == [to_message(fact, topic_of(SERVICE)) for fact in facts]
    assert ids(one.published) == [str(fact.event_id) for fact in facts[:: len(STREAMS)]]


def test_a_stream_that_nobody_knows_is_not_published_and_not_even_its_topic_made(
    store: Store,
) -> None:
    store.append(3)
    broker = Scripted()
    with pytest.raises(NoSuchStream):
        republish(
            store.url,
            broker,
            service=SERVICE,
            topic=topic_of(SERVICE),
            partitions=12,
            stream="assignment-misspelt",
        )
    assert broker.published == []
    assert broker.ensured == 0


def test_asked_to_stop_it_stops_between_two_batches_and_leaves_the_lease(store: Store) -> None:
    store.append(2 * BATCH)
    broker = Scripted()

    def told(_done: int, _total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        republish(
            store.url,
            broker,
            service=SERVICE,
            topic=topic_of(SERVICE),
            partitions=12,
            progress=told,
        )
    assert len(broker.published) == BATCH
    assert store.ask("SELECT count(*) FROM assignment.relay_lease") == 1
    republish(store.url, broker, service=SERVICE, topic=topic_of(SERVICE), partitions=12)
    assert len(broker.published) == 3 * BATCH


def test_the_relay_leaves_the_topic_to_who_publishes_it_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.messaging.republish.PATIENCE", "300ms")
    at_work, go_on = threading.Event(), threading.Event()

    def slowly(_messages: Sequence[Message]) -> None:
        at_work.set()
        assert go_on.wait(ENOUGH)

    store.append(3)
    with running(relay(store, Scripted(slowly))):
        assert at_work.wait(ENOUGH)
        with pytest.raises(RelayBusy):
            republish(
                store.url, Scripted(), service=SERVICE, topic=topic_of(SERVICE), partitions=12
            )
        go_on.set()


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest, own_database: Database) -> Iterator[Broker]:
    if request.param == "embedded":
        made = connect(own_database.url_as("broker_app"))
    else:
        made = connect(request.getfixturevalue("kafka_broker"))
    yield made
    made.close()


def test_what_readers_get_is_what_was_recorded_and_a_repeat_is_the_same_to_the_byte(
    store: Store, broker: Broker, topic_prefix: str
) -> None:
    topic = topic_of(SERVICE, topic_prefix)
    facts = store.append(300)
    with running(relay(store, broker, batch=100, topic=topic)):
        eventually(lambda: store.waiting() == 0)
    republish(store.url, broker, service=SERVICE, topic=topic, partitions=12)

    deliveries = _read(broker, topic, 2 * len(facts))

    recorded = [from_delivery(each) for each in deliveries]
    by_stream = {
        stream: [fact for fact in recorded if fact.stream_id == stream] for stream in STREAMS
    }
    for stream, found in by_stream.items():
        expected = [fact for fact in facts if fact.stream_id == stream]
        assert found == expected * 2
    first: dict[UUID, tuple[object, ...]] = {}
    for each, fact in zip(deliveries, recorded, strict=True):
        record = (each.key, tuple(each.headers), each.value, each.partition)
        assert first.setdefault(fact.event_id, record) == record


def test_a_relay_carries_on_on_a_real_broker_after_a_failure(
    store: Store, broker: Broker, topic_prefix: str
) -> None:
    topic = topic_of(SERVICE, topic_prefix)
    facts = store.append(50)
    with running(relay(store, broker, batch=20, topic=topic)):
        eventually(lambda: store.waiting() < 50)
        _end_session(store)
        facts += store.append(50)
        eventually(lambda: store.waiting() == 0)

    seen = [from_delivery(each) for each in _until_all(broker, topic, facts)]
    for stream in STREAMS:
        found = dict.fromkeys(fact.version for fact in seen if fact.stream_id == stream)
        assert list(found) == sorted(found)


def _until_all(broker: Broker, topic: str, facts: Sequence[Recorded]) -> Sequence[Delivery]:
    return _read(broker, topic, sum(broker.ends([topic]).values())) if facts else ()


def _read(broker: Broker, topic: str, count: int) -> list[Delivery]:
    subscriber = broker.subscriber(group=topic, topics=[topic])
    found: list[Delivery] = []
    deadline = time.monotonic() + ENOUGH
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, len(found)
            polled = subscriber.poll(timeout=0.5)
            for partition in polled.assigned:
                subscriber.seek(partition, 0)
            found.extend(polled.deliveries)
    finally:
        subscriber.close()
    return found
