"""A broker in memory, with one member per group: for tests of what reads, not of brokers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import (
    Delivery,
    Message,
    Partition,
    Polled,
    Publisher,
    SubscriberLost,
)
from libs.messaging.envelope import to_message
from libs.messaging.partitioning import partition_of


@dataclass
class Topic:
    id: str
    logs: list[list[Delivery]]


@dataclass
class Topics:
    """`tell` publishes; `say` writes what a stranger might. Nothing waits."""

    partitions: int = 3
    topics: dict[str, Topic] = field(default_factory=dict)
    made: int = 0
    members: list["Member"] = field(default_factory=list)

    def tell(self, topic: str, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            self.say(to_message(one, topic))

    def say(self, message: Message) -> None:
        number = partition_of(message.key, self.partitions)
        log = self._topic(message.topic).logs[number]
        log.append(
            Delivery(
                partition=Partition(message.topic, number),
                offset=len(log),
                key=message.key,
                headers=message.headers,
                value=message.value,
            )
        )

    def lose(self, topic: str) -> None:
        """It comes back empty, under another id."""
        del self.topics[topic]
        self._topic(topic)

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        del partitions, retention_ms
        self._topic(topic)

    def topic_id(self, topic: str) -> str:
        return self._topic(topic).id

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        return {
            Partition(topic, number): len(log)
            for topic in topics
            for number, log in enumerate(self._topic(topic).logs)
        }

    def publisher(self) -> Publisher:
        raise NotImplementedError("these tests publish by hand")

    def subscriber(self, *, group: str, topics: Sequence[str]) -> "Member":
        del group
        self.members.append(Member(self, topics))
        return self.members[-1]

    def reading(self, places: Mapping[Partition, int]) -> "Alone":
        return Alone(self, dict(places))

    def close(self) -> None: ...

    def _topic(self, name: str) -> Topic:
        if name not in self.topics:
            self.made += 1
            self.topics[name] = Topic(f"id-{self.made}", [[] for _ in range(self.partitions)])
        return self.topics[name]


class Member:
    """`most` bounds every poll, to cut batches where a test wants them."""

    def __init__(self, topics: Topics, names: Sequence[str], most: int = 10_000) -> None:
        self.most = most
        self.noted: dict[Partition, int] = {}
        self.closed = False
        self._topics = topics
        self._names = names
        self._next: dict[Partition, int] = {}
        self._known: dict[str, str] = {}

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        del timeout
        if assigned := self._assigned():
            return Polled(assigned=assigned)
        room = min(most, self.most)
        found: list[Delivery] = []
        for partition, place in self._next.items():
            log = self._topics.topics[partition.topic].logs[partition.number]
            read = log[place : place + room - len(found)]
            self._next[partition] = place + len(read)
            found += read
        return Polled(deliveries=found)

    def seek(self, partition: Partition, offset: int) -> None:
        self._next[partition] = offset

    def owned(self) -> frozenset[Partition]:
        return frozenset(self._next)

    def note(self, positions: Mapping[Partition, int]) -> None:
        self.noted.update(positions)

    def close(self) -> None:
        self.closed = True

    def _assigned(self) -> Sequence[Partition]:
        new = [name for name in self._names if self._known.get(name) != self._topics.topic_id(name)]
        self._known.update({name: self._topics.topic_id(name) for name in new})
        return [
            Partition(name, number) for name in new for number in range(self._topics.partitions)
        ]


@dataclass
class Alone:
    """Who goes through partitions without a group."""

    topics: Topics
    places: dict[Partition, int]

    def until(
        self, ends: Mapping[Partition, int], *, most: int = 1000
    ) -> Iterator[Sequence[Delivery]]:
        for at, end in ends.items():
            log = self.topics.topics[at.topic].logs[at.number]
            while self.places[at] < end:
                read = log[self.places[at] : min(end, self.places[at] + most)]
                if not read:
                    raise SubscriberLost("log-cut-short")
                self.places[at] += len(read)
                yield read

    def close(self) -> None: ...


def tampered(recorded: Recorded, **changes: object) -> Recorded:
    """What a stranger made of it, who does not have the key of the chain."""
    return replace(recorded, **changes)  # type: ignore[arg-type]  # whatever a case changes
