"""A broker that does what a test says."""

import threading
from collections.abc import Callable, Mapping, Sequence

from libs.messaging.broker import (
    BrokerUnavailable,
    Message,
    Partition,
    Publisher,
    PublishFailed,
    Reading,
    Subscriber,
)
from libs.messaging.envelope import topic_of
from tests.component.relay.relaying import ENOUGH
from tests.component.relay.storing import SERVICE


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


class Slowly:
    """At work on a batch until the test lets it go on."""

    def __init__(self) -> None:
        self.at_work = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, _messages: Sequence[Message]) -> None:
        self.at_work.set()
        assert self.go_on.wait(ENOUGH)


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
