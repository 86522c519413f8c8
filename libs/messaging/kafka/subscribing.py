"""A member of a consumer group that reads only from where it was told."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError, UnknownTopicOrPartitionError
from kafka.structs import OffsetAndMetadata, TopicPartition

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import Delivery, Partition, Polled, SubscriberLost
from libs.messaging.codes import code_of
from libs.messaging.kafka.client import made, ours, theirs, without_creating

CONSUMER = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": [CooperativeStickyAssignor],
    "fetch_min_bytes": 1,
    # A topic that was lost and made again is noticed within this time (`_same_topics`).
    "metadata_max_age_ms": 5000,
    "metrics_enabled": False,
}


class KafkaSubscriber(ConsumerRebalanceListener):  # type: ignore[misc]  # the client has no types
    """Positions are the reader's, kept in its own database; Kafka is only told of them."""

    def __init__(self, address: KafkaAddress, group: str, topics: Sequence[str]) -> None:
        self._address = address
        self._group = group
        self._topics = tuple(topics)
        self._consumer: KafkaConsumer | None = None
        # Filled by the client's own thread in a rebalance, emptied by `poll`.
        self._assigned: deque[Partition] = deque()
        self._next: dict[Partition, int] = {}
        self._ids: dict[str, UUID] = {}
        self._connections: frozenset[object] = frozenset()

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        try:
            return self._poll(timeout, most)
        except (KafkaError, OSError, ValueError) as trouble:
            raise SubscriberLost(code_of(trouble)) from trouble

    def seek(self, partition: Partition, offset: int) -> None:
        place = theirs(partition)
        if self._consumer is None or place not in self._consumer.assignment():
            return  # taken away again; whoever has it now seeks for itself
        self._consumer.seek(place, offset)
        self._next[partition] = offset
        self._consumer.resume(place)

    def owned(self) -> frozenset[Partition]:
        if self._consumer is None:
            return frozenset()
        return frozenset(ours(place) for place in self._consumer.assignment())

    def note(self, positions: Mapping[Partition, int]) -> None:
        if self._consumer is None:
            return
        told = {
            theirs(partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in positions.items()
        }
        with suppress(KafkaError):
            self._consumer.commit_async(told)

    def close(self) -> None:
        if self._consumer is not None:
            with suppress(KafkaError):
                self._consumer.close(autocommit=False, timeout_ms=2000)
            self._consumer = None

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Nothing is read from a new partition before `seek` says from where."""
        if self._consumer is not None:
            self._consumer.pause(*assigned)
        self._assigned.extend(ours(place) for place in assigned)

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """The reader's next write says whether a partition was still its own."""

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            session_ms = int(self._address.session * 1000)
            self._consumer = made(
                KafkaConsumer,
                self._address,
                **CONSUMER,
                group_id=self._group,
                session_timeout_ms=session_ms,
                heartbeat_interval_ms=session_ms // 4,
            )
            without_creating(self._consumer._cluster)  # noqa: SLF001 - see there
            self._consumer.subscribe(topics=self._topics, listener=self)
        return self._consumer

    def _poll(self, timeout: float, most: int) -> Polled:
        consumer = self._connected()
        deadline = time.monotonic() + timeout
        while True:
            _finish_joining(consumer)
            left = max(0.0, deadline - time.monotonic())
            # In slices at first, because the client waits on although it has been given partitions.
            patience = left if consumer.assignment() else min(left, 0.1)
            records = consumer.poll(timeout_ms=int(patience * 1000), max_records=most)
            self._same_topics(consumer)
            deliveries = [
                each for place, some in records.items() for each in self._read(place, some)
            ]
            if deliveries or self._assigned or left == 0:
                return Polled(assigned=self._newly_assigned(), deliveries=deliveries)

    def _newly_assigned(self) -> Sequence[Partition]:
        return [self._assigned.popleft() for _ in range(len(self._assigned))]

    def _read(self, place: TopicPartition, records: Sequence[Any]) -> Iterator[Delivery]:
        partition = ours(place)
        if records[0].offset < self._next.get(partition, 0):
            # Our place does not exist any more and the client began anew: the topic is another.
            raise SubscriberLost("log-cut-short")
        for record in records:
            yield Delivery(
                partition=partition,
                offset=record.offset,
                key=record.key,
                headers=record.headers,
                value=record.value,
            )
        self._next[partition] = records[-1].offset + 1

    def _same_topics(self, consumer: KafkaConsumer) -> None:
        """The client reads by name, so it would go on in a topic that was lost and made again.
        That takes a broker that was away, so on every new connection the ids are asked for anew.
        """
        manager = consumer._manager  # noqa: SLF001 - the connections and metadata it holds anyway
        connections = frozenset(manager._conns.values())  # noqa: SLF001 - as above
        if connections - self._connections:
            _ask_for_metadata(consumer)
        self._connections = connections
        for topic in self._topics:
            found = manager.cluster.topic_id(topic)
            if found and found.int and self._ids.setdefault(topic, found) != found:
                raise SubscriberLost("topic-replaced")


def _finish_joining(consumer: KafkaConsumer) -> None:
    """When a poll's time is up in the middle of a rebalance that began because a topic appeared,
    the client (3.0.12) takes itself for joined and never learns of its partitions.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no public way to say this
    if coordinator._join_task is not None:  # noqa: SLF001 - as above
        coordinator.request_rejoin()


def _ask_for_metadata(consumer: KafkaConsumer, *, within_ms: int = 3000) -> None:
    """`consumer.topics()` would do, but waits for ever."""
    manager = consumer._manager  # noqa: SLF001 - see `_same_topics`
    # A request that is under way may have been answered before the connection was lost.
    for _ in range(2 if manager.cluster.metadata_refresh_in_progress else 1):
        with suppress(UnknownTopicOrPartitionError):  # then there is nothing to read by mistake
            consumer._net.run(  # noqa: SLF001 - as above
                manager.wait_for, manager.cluster.request_update(), within_ms
            )
