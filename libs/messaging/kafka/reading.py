"""Going through partitions alone: no group, no place that the broker would keep."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import Delivery, Partition, SubscriberLost
from libs.messaging.codes import code_of
from libs.messaging.kafka.client import made, ours, theirs, without_creating

CONSUMER = {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "fetch_min_bytes": 1,
    # As long as a question about what is read to its end may keep the next question waiting.
    "fetch_max_wait_ms": 50,
    "metrics_enabled": False,
}
PATIENCE = 20.0
"""Seconds in which something comes of what is known to be there; else the topic was lost."""


class KafkaReading:
    def __init__(self, address: KafkaAddress, places: Mapping[Partition, int]) -> None:
        self._address = address
        self._next = dict(places)
        self._consumer: KafkaConsumer | None = None

    def until(
        self, ends: Mapping[Partition, int], *, most: int = 1000
    ) -> Iterator[Sequence[Delivery]]:
        try:
            yield from self._until(ends, most)
        except (KafkaError, OSError, ValueError) as trouble:
            raise SubscriberLost(code_of(trouble)) from trouble

    def close(self) -> None:
        if self._consumer is not None:
            with suppress(KafkaError):
                self._consumer.close(autocommit=False, timeout_ms=2000)
            self._consumer = None

    def _until(self, ends: Mapping[Partition, int], most: int) -> Iterator[Sequence[Delivery]]:
        consumer = self._connected()
        patient_until = time.monotonic() + PATIENCE
        while left := {at for at, end in ends.items() if self._next[at] < end}:
            self._attend(consumer, left)
            found = self._found(consumer, ends, most)
            if found:
                patient_until = time.monotonic() + PATIENCE
                yield found
            elif time.monotonic() > patient_until:
                raise SubscriberLost("log-cut-short")

    def _attend(self, consumer: KafkaConsumer, left: Collection[Partition]) -> None:
        """Only to what is not read yet: all else would fill the polls. Not by pausing it, after
        which the client (3.0.12) at times never fetches again.
        """
        wanted = {theirs(at) for at in left}
        if consumer.assignment() != wanted:
            consumer.assign(list(wanted))
            for at in left:
                consumer.seek(theirs(at), self._next[at])

    def _found(
        self, consumer: KafkaConsumer, ends: Mapping[Partition, int], most: int
    ) -> Sequence[Delivery]:
        found: list[Delivery] = []
        for place, records in consumer.poll(timeout_ms=500, max_records=most).items():
            at = ours(place)
            if records[0].offset < self._next[at]:
                # Our place does not exist any more and the client began anew.
                raise SubscriberLost("log-cut-short")
            wanted = [record for record in records if record.offset < ends[at]]
            if len(wanted) < len(records):
                consumer.seek(place, ends[at])  # the rest is read when it is asked for
            self._next[at] = wanted[-1].offset + 1 if wanted else ends[at]
            found += [
                Delivery(
                    partition=at,
                    offset=record.offset,
                    key=record.key,
                    headers=record.headers,
                    value=record.value,
                )
                for record in wanted
            ]
        return found

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = made(KafkaConsumer, self._address, **CONSUMER)
            without_creating(self._consumer._cluster)  # noqa: SLF001 - see there
        return self._consumer
