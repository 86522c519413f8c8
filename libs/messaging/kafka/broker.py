"""Topics: making them, telling them apart, and how far they go."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, TypeVar

from kafka import KafkaAdminClient
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.structs import TopicPartition

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import BrokerUnavailable, Partition
from libs.messaging.codes import code_of
from libs.messaging.kafka.client import made, ours
from libs.messaging.kafka.publishing import KafkaPublisher
from libs.messaging.kafka.reading import KafkaReading
from libs.messaging.kafka.subscribing import KafkaSubscriber

Answer = TypeVar("Answer")


class KafkaBroker:
    def __init__(self, address: KafkaAddress) -> None:
        self._address = address
        self._client: KafkaAdminClient | None = None
        self._asking = Lock()

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        self._ask(lambda admin: self._ensure(admin, topic, partitions, retention_ms))

    def topic_id(self, topic: str) -> str:
        found = self._ask(lambda admin: _described(admin, [topic]))
        if not found:
            raise BrokerUnavailable("no-such-topic")
        return str(found[0]["topic_id"])

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        return self._ask(lambda admin: _ends(admin, topics))

    def publisher(self) -> KafkaPublisher:
        return KafkaPublisher(self._address)

    def subscriber(self, *, group: str, topics: Sequence[str]) -> KafkaSubscriber:
        return KafkaSubscriber(self._address, group, topics)

    def reading(self, places: Mapping[Partition, int]) -> KafkaReading:
        return KafkaReading(self._address, places)

    def close(self) -> None:
        with self._asking:
            self._drop()

    def _ask(self, question: Callable[[KafkaAdminClient], Answer]) -> Answer:
        with self._asking:
            try:
                return question(self._admin())
            except KafkaError as trouble:
                self._drop()
                raise BrokerUnavailable(code_of(trouble)) from trouble

    def _admin(self) -> KafkaAdminClient:
        if self._client is None:
            self._client = made(KafkaAdminClient, self._address, request_timeout_ms=10_000)
        return self._client

    def _drop(self) -> None:
        if self._client is not None:
            with suppress(KafkaError):
                self._client.close()
            self._client = None

    def _ensure(
        self, admin: KafkaAdminClient, topic: str, partitions: int, retention_ms: int
    ) -> None:
        if _described(admin, [topic]):
            return
        wanted = {
            "num_partitions": partitions,
            "replication_factor": self._address.replication,
            "configs": {"retention.ms": str(retention_ms), "cleanup.policy": "delete"},
        }
        with suppress(TopicAlreadyExistsError):  # another relay was quicker
            admin.create_topics({topic: wanted})
        admin.wait_for_topics([topic])


def _described(admin: KafkaAdminClient, topics: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    return [topic for topic in admin.describe_topics(list(topics)) if topic["error_code"] == 0]


def _ends(admin: KafkaAdminClient, topics: Sequence[str]) -> Mapping[Partition, int]:
    places = {
        TopicPartition(topic["name"], partition["partition_index"]): OffsetSpec.LATEST
        for topic in _described(admin, topics)
        for partition in topic["partitions"]
    }
    if not places:
        return {}
    return {
        ours(place): found.offset for place, found in admin.list_partition_offsets(places).items()
    }
