"""Batches of records, each acknowledged, none overtaken by a later one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from operator import itemgetter

from kafka import KafkaProducer
from kafka.errors import KafkaError

from libs.messaging.address import KafkaAddress
from libs.messaging.broker import Message, PublishFailed
from libs.messaging.codes import code_of
from libs.messaging.kafka.client import made, without_creating
from libs.messaging.partitioning import partition_of

# One flush writes at most one producer batch per partition, and a broker refuses a batch over
# 1 MiB (`max.message.bytes`), upon which the client would split it.
MOST_PER_PARTITION = 900_000
MOST_PER_REQUEST = 32 * 1024 * 1024
RECORD_OVERHEAD = 64
HEADER_OVERHEAD = 40
_VALUE = itemgetter(1)

PRODUCER = {
    "enable_idempotence": True,
    "acks": "all",
    # Longer than any send loop takes, so that only `flush` sends: see `_Publisher.publish`.
    "linger_ms": 3000,
    "batch_size": MOST_PER_REQUEST,
    "max_request_size": MOST_PER_REQUEST,
    # Together less than the 15 s after which a relay that waits loses its lease.
    "request_timeout_ms": 6000,
    "delivery_timeout_ms": 10_000,
    "max_block_ms": 4000,
    "metrics_enabled": False,
}
FLUSH_SECONDS = 12.0
"""Longer than `delivery_timeout_ms`, which the client (3.0.12) does not look at while it waits for
a producer id: a broker that dies just then would be waited for without end.
"""


class KafkaPublisher:
    """No later record may overtake a failed one. The client lets its batches fail one by one, so
    in a flush there is one batch per partition, and after a failure this producer is dropped with
    all that it still holds.
    """

    def __init__(self, address: KafkaAddress) -> None:
        self._address = address
        self._producer: KafkaProducer | None = None
        self._failed = False

    def publish(self, messages: Sequence[Message]) -> None:
        if self._failed:
            raise PublishFailed("used-after-failure")
        try:
            producer = self._connected()
            for flush in _flushes(messages, lambda topic: len(producer.partitions_for(topic))):
                _send(producer, flush)
        except (KafkaError, OSError, ValueError) as trouble:
            self._drop()
            raise PublishFailed(code_of(trouble)) from trouble
        except BaseException:
            self._drop()
            raise

    def close(self) -> None:
        self._drop()

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = made(KafkaProducer, self._address, **PRODUCER)
            without_creating(self._producer._metadata)  # noqa: SLF001 - see there
        return self._producer

    def _drop(self) -> None:
        """`close` first waits for all that is buffered, even with a timeout of 0, and would let
        the old records arrive after the new attempt; only the sender can be told to forget them.
        """
        self._failed = True
        if self._producer is None:
            return
        self._producer._sender.force_close()  # noqa: SLF001 - there is no public way, see above
        with suppress(KafkaError):
            self._producer.close(timeout=2)
        self._producer = None


Flush = Sequence[tuple[Message, int]]


def _flushes(messages: Sequence[Message], partitions: Callable[[str], int]) -> Iterator[Flush]:
    """Messages with their partitions, cut so that each partition's share fits in one batch."""
    counts = {topic: partitions(topic) for topic in {message.topic for message in messages}}
    flush: list[tuple[Message, int]] = []
    sizes: dict[tuple[str, int], int] = {}
    for message in messages:
        number = partition_of(message.key, counts[message.topic])
        place = (message.topic, number)
        size = _size(message)
        if sizes.get(place, 0) + size > MOST_PER_PARTITION:
            yield flush
            flush, sizes = [], {}
        flush.append((message, number))
        sizes[place] = sizes.get(place, 0) + size
    if flush:
        yield flush


def _size(message: Message) -> int:
    """Never less than what the record takes, if no header's name is longer than 32 letters."""
    headers = sum(map(len, map(_VALUE, message.headers))) + HEADER_OVERHEAD * len(message.headers)
    return len(message.key) + len(message.value) + headers + RECORD_OVERHEAD


def _send(producer: KafkaProducer, flush: Flush) -> None:
    acknowledged = [
        producer.send(
            message.topic,
            key=message.key,
            value=message.value,
            headers=list(message.headers),
            partition=number,
        )
        for message, number in flush
    ]
    producer.flush(FLUSH_SECONDS)
    for one in acknowledged:
        if one.failed():
            raise one.exception
