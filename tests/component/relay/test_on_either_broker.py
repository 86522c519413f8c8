"""The relay with the embedded log and with Kafka: what readers get of it."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from libs.messaging.broker import Broker
from libs.messaging.connect import connect
from libs.messaging.envelope import from_delivery, topic_of
from libs.testing.databases import Database
from tests.component.delivering import read
from tests.component.relay.relaying import ENOUGH, eventually, published_again, relay, running
from tests.component.relay.storing import SERVICE, STREAMS, Store

pytestmark = pytest.mark.postgres


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
    published_again(store, broker, topic=topic)

    deliveries = read(broker, topic, 2 * len(facts), seconds=ENOUGH)

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
        store.end_sessions()
        facts += store.append(50)
        eventually(lambda: store.waiting() == 0)

    there = sum(broker.ends([topic]).values())
    seen = [from_delivery(each) for each in read(broker, topic, there, seconds=ENOUGH)]
    for stream in STREAMS:
        found = dict.fromkeys(fact.version for fact in seen if fact.stream_id == stream)
        assert list(found) == sorted(found)
