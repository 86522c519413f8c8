"""What lies in the topics, read by a plain consumer: none of our own code looks at it first."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition

SERVICES = ("care", "assignment", "diary", "review")
ANALYTICS = "interlude.analytics.events.v1"
TOPICS = tuple(f"interlude.{service}.events.v1" for service in SERVICES)


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes
    raw: tuple[tuple[str, bytes], ...]
    value: bytes

    @cached_property
    def headers(self) -> Mapping[str, str]:
        return {name: value.decode() for name, value in self.raw}

    @cached_property
    def data(self) -> Any:
        return orjson.loads(self.value)

    @property
    def id(self) -> str:
        return self.headers["ce_id"]

    @property
    def stream(self) -> str:
        return self.headers["ce_subject"]

    @property
    def version(self) -> int:
        return int(self.headers["ce_sequence"])

    @property
    def type(self) -> str:
        return self.headers["ce_type"]

    @property
    def name(self) -> str:
        """`ReadinessRated` of `interlude.assignment.ReadinessRated.v1`."""
        return self.type.split(".")[2]


def read_topics(broker: str, topics: Sequence[str] = TOPICS) -> list[Record]:
    """Everything, in the order of each partition."""
    servers = broker.removeprefix("kafka://").split(",")
    consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    try:
        return [record for topic in topics for record in read_topic(consumer, topic)]
    finally:
        consumer.close()


def once(records: Sequence[Record]) -> list[Record]:
    """Without repeats, which a relay that was not sure may send."""
    return list({record.id: record for record in reversed(records)}.values())[::-1]


def read_topic(consumer: Any, topic: str) -> list[Record]:
    partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    wanted = sum(consumer.end_offsets(partitions).values())
    found: list[Record] = []
    while len(found) < wanted:
        polled = consumer.poll(timeout_ms=10_000)
        assert polled, f"{len(found)} of {wanted} records of {topic} came"
        found += [_record(each) for some in polled.values() for each in some]
    return sorted(found, key=lambda record: (record.partition, record.offset))


def _record(read: Any) -> Record:
    return Record(
        read.topic, read.partition, read.offset, read.key, tuple(read.headers), read.value
    )


def facts_by_stream(records: Sequence[Record]) -> Counter[tuple[str, ...]]:
    """What kinds of facts each stream holds, whatever the streams are called."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in once(records):
        found[record.stream].append(record.type)
    return Counter(tuple(types) for types in found.values())


def shapes(records: Sequence[Record]) -> Counter[tuple[str, str, frozenset[str]]]:
    """Which fields each fact has, and who told it."""
    return Counter(
        (each.type, each.headers["ce_actorrole"], frozenset(each.data)) for each in once(records)
    )
