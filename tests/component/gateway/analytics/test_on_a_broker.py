"""The whole role on real brokers: its three loops, two processes' worth of them, and its topic."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from deploy.local.ports import wait_until
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Broker, Delivery
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message, topic_of
from libs.testing.cast import NOW
from libs.testing.databases import Database
from services.gateway.analytics import role
from services.gateway.settings import AnalyticsSettings
from tests.component.delivering import read
from tests.component.gateway.analytics.stage import DERIVED, SERVICES, consent, homework

pytestmark = pytest.mark.postgres

ENOUGH = 60.0
DAYS = 7


@dataclass(frozen=True)
class Place:
    database: Database
    broker_url: str
    prefix: str

    @property
    def topic(self) -> str:
        return topic_of("analytics", self.prefix)

    def settings(self) -> AnalyticsSettings:
        return AnalyticsSettings.model_validate(
            {
                "database_url": self.database.url_as("gateway_analytics"),
                **DERIVED,
                "broker_url": self.broker_url,
                "topic_prefix": self.prefix,
                "partitions": 3,
                "analytics_settle_seconds": 1,
                "analytics_retention_days": DAYS,
            }
        )

    def ask(self, question: str) -> Any:
        with psycopg.connect(self.database.url) as superuser:
            row = superuser.execute(question.encode()).fetchone()
        return row and row[0]


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def place(request: pytest.FixtureRequest, own_database: Database, topic_prefix: str) -> Place:
    if request.param == "embedded":
        url = f"{own_database.url_as('broker_app')}?session=2"
    else:
        url = f"{request.getfixturevalue('kafka_broker')}?session=6"
    return Place(own_database, url, topic_prefix)


@pytest.fixture
def broker(place: Place) -> Iterator[Broker]:
    made = connect(place.broker_url)
    for service in SERVICES:
        made.ensure_topic(topic_of(service, place.prefix), partitions=3)
    yield made
    made.close()


@contextmanager
def running(place: Place) -> Iterator[threading.Event]:
    """One process of the role; left, it has stopped well."""
    stop = threading.Event()
    thread = threading.Thread(target=role.together, args=(place.settings(), stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(ENOUGH)
        assert not thread.is_alive()


def tell(place: Place, broker: Broker, facts: Sequence[Recorded]) -> None:
    publisher = broker.publisher()
    publisher.publish(
        [to_message(one, topic_of(one.type.split(".")[1], place.prefix)) for one in facts]
    )
    publisher.close()


def now() -> float:
    return (datetime.now(UTC) - NOW).total_seconds()


def eventually(holds: Callable[[], bool]) -> None:
    assert wait_until(holds, seconds=ENOUGH, every=0.1)


def published(place: Place, broker: Broker) -> list[Delivery]:
    return read(broker, place.topic, count(place, broker), seconds=ENOUGH)


def count(place: Place, broker: Broker) -> int:
    return sum(broker.ends([place.topic]).values())


def kind(record: Delivery) -> str:
    return (dict(record.headers)["ce_type"] or b"").decode().split(".")[-2]


def test_facts_become_records_once_though_processes_come_and_go(
    place: Place, broker: Broker
) -> None:
    began = now()
    words = consent(began, began + 60)
    facts = homework({began + 0.01 * number: number for number in range(1, 31)})
    with running(place):
        with running(place):
            tell(place, broker, [words[0], *facts[:15]])
            eventually(lambda: count(place, broker) == 16)
        tell(place, broker, [*facts[10:], words[0]])
        eventually(lambda: count(place, broker) == 31)
        tell(place, broker, [words[1]])
        eventually(lambda: count(place, broker) == 32)
    records = published(place, broker)
    done = [record for record in records if kind(record) == "OccurrenceCompleted"]
    quantities = [orjson.loads(record.value or b"")["fact"]["quantity"] for record in done]
    assert quantities == list(range(1, 31))
    assert len({(record.key, record.partition) for record in records}) == 1
    assert kind(records[-1]) == "ConsentWithdrawn"
    assert place.ask("SELECT count(*) FROM gateway.outbox") == 0
    assert place.ask("SELECT count(*) FROM gateway.parked") == 0


@pytest.mark.kafka
def test_the_topic_does_not_keep_for_ever(
    own_database: Database, kafka_broker: str, topic_prefix: str
) -> None:
    place = Place(own_database, kafka_broker, topic_prefix)
    broker = connect(kafka_broker)
    for service in SERVICES:
        broker.ensure_topic(topic_of(service, place.prefix), partitions=3)
    with running(place):
        eventually(lambda: bool(broker.ends([place.topic])))
    broker.close()
    address = kafka_broker.removeprefix("kafka://").partition("?")[0]
    admin = KafkaAdminClient(bootstrap_servers=address)
    told = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, place.topic)])
    admin.close()
    assert str(DAYS * 24 * 3600 * 1000) in str(told)
