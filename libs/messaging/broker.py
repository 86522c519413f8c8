"""What Interlude asks of a broker: ordered partitions, acknowledged writes, readers with a place.

PublishFailed
SubscriberLost
BrokerUnavailable
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from libs.eventstore.recorded import Recorded


class Partition(NamedTuple):
    """A tuple, because every record of every batch is looked up by it."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is published. The key decides the partition (murmur2, as Kafka's own clients do)."""

    topic: str
    key: bytes
    headers: Sequence[tuple[str, bytes]]
    value: bytes


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What is read. Where a stranger wrote the record, key, value or a header may be null."""

    partition: Partition
    offset: int
    key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    value: bytes | None
    recorded: Recorded | None = field(default=None, init=False, repr=False, compare=False)
    """What it holds, once somebody has taken it apart (`envelope.from_delivery`): two readers may
    share it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """`assigned` partitions deliver nothing until the reader has said where it stands (`seek`)."""

    assigned: Sequence[Partition] = ()
    deliveries: Sequence[Delivery] = field(default=())


class PublishFailed(Exception):  # noqa: N818 - the caller starts the same batch again
    """At least one record was not acknowledged; the publisher must not be used any more."""


class SubscriberLost(Exception):  # noqa: N818 - the caller builds a new one and goes on from its place
    """The broker went away for longer than the client can wait."""


class BrokerUnavailable(Exception):  # noqa: N818 - the caller waits and asks again
    """The broker cannot be asked now, or has no such topic yet."""


class Publisher(Protocol):
    """Synchronous: lives in a loop of its own or in a thread. Not shared between threads."""

    def publish(self, messages: Sequence[Message]) -> None:
        """Returns when every record is acknowledged, in order per key; else `PublishFailed`."""

    def close(self) -> None: ...


class Subscriber(Protocol):
    """A member of a consumer group. The reader's own database keeps the positions."""

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        """Waits at most `timeout` seconds for records of partitions whose place is known."""

    def seek(self, partition: Partition, offset: int) -> None: ...

    def owned(self) -> frozenset[Partition]: ...

    def note(self, positions: Mapping[Partition, int]) -> None:
        """Tells the broker where we are, for its lag tools only; failures are not ours."""

    def close(self) -> None: ...


class Reading(Protocol):
    """Goes through partitions by itself, outside of any group: for who reads topics from end to
    end, or one record that is named by its place.
    """

    def until(
        self, ends: Mapping[Partition, int], *, most: int = 1000
    ) -> Iterator[Sequence[Delivery]]:
        """What comes next in these partitions, up to the offset before each end.

        Raises `SubscriberLost`, also when what should be there is not: the topic was lost.
        """

    def close(self) -> None: ...


class Broker(Protocol):
    """Kafka or the embedded log, chosen by BROKER_URL (`connect`). Questions that it cannot answer
    now are `BrokerUnavailable`.
    """

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        """A topic that exists is left as it is: its partitions were decided when it was made."""

    def topic_id(self, topic: str) -> str:
        """Changes when a topic is lost and made again; stored positions name it."""

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        """The next offset of every partition, for lag and for *caught up*. A topic that nobody has
        made yet has no partitions.
        """

    def publisher(self) -> Publisher:
        """Connects when it is first used, so making one never fails."""

    def subscriber(self, *, group: str, topics: Sequence[str]) -> Subscriber:
        """Connects when it is first polled. A topic may be made later."""

    def reading(self, places: Mapping[Partition, int]) -> Reading:
        """From these places on. Connects when it is first read."""

    def close(self) -> None: ...
