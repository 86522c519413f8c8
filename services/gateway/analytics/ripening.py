"""Facts are handed on a while after they were recorded, once care is known up to then.

A decorator of the broker: its subscriber keeps what is too young in memory, bounded, and delivers
the rest as it is. So a consent or a withdrawal has that while to reach its topic and to be read.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Engine, text

from libs.eventstore.parking import Place
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import (
    Broker,
    Delivery,
    Partition,
    Polled,
    Publisher,
    Reading,
    Subscriber,
)
from libs.messaging.envelope import NotOurs, from_delivery

MOST_WAITING = 2000
"""Records kept of one partition; what comes behind them is read again later."""

_ASK_EVERY = 1.0

_READ_TO = text("""
SELECT partition, next FROM positions
WHERE reader = :reader AND topic = :topic AND topic_id = :topic_id
""")


class KnownUpTo:
    """The instant up to which everything that had reached a topic has been applied by a reader: the
    topic's ends are asked for, and how far the reader's processes, whichever they are, have come.
    """

    def __init__(
        self,
        engine: Engine,
        broker: Broker,
        *,
        topic: str,
        reader: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._engine = engine
        self._broker = broker
        self._topic = topic
        self._reader = reader
        self._now = now
        self._monotonic = monotonic
        self._asked = float("-inf")
        self._known: datetime | None = None

    def __call__(self) -> datetime | None:
        """None until it has caught up once. Where it does not catch up, time stands still here."""
        if self._monotonic() >= self._asked + _ASK_EVERY:
            self._asked = self._monotonic()
            asked_at = self._now()
            if self._caught_up():
                self._known = asked_at
        return self._known

    def _caught_up(self) -> bool:
        topic_id = self._broker.topic_id(self._topic)
        ends = self._broker.ends([self._topic])
        with self._engine.connect() as db:
            rows = db.execute(
                _READ_TO, {"reader": self._reader, "topic": self._topic, "topic_id": topic_id}
            )
            read_to = {Partition(self._topic, number): place for number, place in rows}
        return bool(ends) and all(read_to.get(at, 0) >= end for at, end in ends.items())


@dataclass(frozen=True, slots=True)
class _Kept:
    """From `dated` on it ripens: when it was recorded, but not later than when it was first seen,
    so that nobody with a wrong clock holds up a partition.
    """

    delivery: Delivery
    dated: datetime


class Ripening:
    """A broker whose subscribers deliver a record `settle` after it was recorded, by `known`;
    `rest` waits for seconds.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        known: Callable[[], datetime | None],
        settle: timedelta,
        now: Callable[[], datetime],
        rest: Callable[[float], object],
    ) -> None:
        self._broker = broker
        self._known = known
        self._settle = settle
        self._now = now
        self._rest = rest
        self._subscribers: list[_Ripe] = []

    def ensure_topic(self, topic: str, *, partitions: int, retention_ms: int = -1) -> None:
        self._broker.ensure_topic(topic, partitions=partitions, retention_ms=retention_ms)

    def topic_id(self, topic: str) -> str:
        return self._broker.topic_id(topic)

    def ends(self, topics: Sequence[str]) -> Mapping[Partition, int]:
        return self._broker.ends(topics)

    def publisher(self) -> Publisher:
        return self._broker.publisher()

    def subscriber(self, *, group: str, topics: Sequence[str]) -> Subscriber:
        """One at a time is in use; the last one made knows where its records lie."""
        inner = self._broker.subscriber(group=group, topics=topics)
        self._subscribers = [_Ripe(inner, self._ripe_before, self._now, self._rest)]
        return self._subscribers[0]

    def reading(self, places: Mapping[Partition, int]) -> Reading:
        return self._broker.reading(places)

    def close(self) -> None:
        self._broker.close()

    def place_of(self, recorded: Recorded) -> Place:
        """Where a fact lies that the last poll has delivered."""
        return self._subscribers[-1].place_of(recorded)

    def _ripe_before(self) -> datetime | None:
        known = self._known()
        return None if known is None else known - self._settle


class _Ripe:
    def __init__(
        self,
        inner: Subscriber,
        ripe_before: Callable[[], datetime | None],
        now: Callable[[], datetime],
        rest: Callable[[float], object],
    ) -> None:
        self._inner = inner
        self._ripe_before = ripe_before
        self._now = now
        self._rest = rest
        self._full = False
        self._waiting: dict[Partition, deque[_Kept]] = {}
        self._delivered: dict[bytes, list[Delivery]] = {}
        """What the last poll delivered, by its chain."""

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        if self._full:
            # The broker would hand us at once, again and again, what there is no room for.
            self._rest(timeout)
        polled = self._inner.poll(timeout=0.0 if self._full else timeout, most=most)
        self._leave(polled.assigned)
        self._keep(polled.deliveries)
        ripe = list(islice(self._ripe(), most))
        self._delivered = {}
        for one in ripe:
            self._delivered.setdefault(_chain(one), []).append(one)
        return Polled(assigned=polled.assigned, deliveries=ripe)

    def seek(self, partition: Partition, offset: int) -> None:
        self._waiting.pop(partition, None)
        self._inner.seek(partition, offset)

    def owned(self) -> frozenset[Partition]:
        return self._inner.owned()

    def note(self, positions: Mapping[Partition, int]) -> None:
        self._inner.note(positions)

    def close(self) -> None:
        self._inner.close()

    def place_of(self, recorded: Recorded) -> Place:
        """By all that it says: a copy of its chain may lie elsewhere, under another content."""
        for one in self._delivered.get(recorded.chain.hex().encode(), ()):
            if _read(one) == recorded:
                return one.partition, one.offset
        raise LookupError("not delivered lately")

    def _leave(self, assigned: Collection[Partition]) -> None:
        owned = self._inner.owned()
        for partition in [at for at in self._waiting if at in assigned or at not in owned]:
            del self._waiting[partition]

    def _keep(self, deliveries: Sequence[Delivery]) -> None:
        full: dict[Partition, int] = {}
        for one in deliveries:
            waiting = self._waiting.setdefault(one.partition, deque())
            if one.partition in full or len(waiting) >= MOST_WAITING:
                full.setdefault(one.partition, one.offset)
            else:
                waiting.append(_Kept(one, _dated(one, self._now())))
        self._full = bool(full)
        for partition, offset in full.items():
            self._inner.seek(partition, offset)

    def _ripe(self) -> Iterator[Delivery]:
        before = self._ripe_before() if any(self._waiting.values()) else None
        for waiting in self._waiting.values():
            while before is not None and waiting and waiting[0].dated <= before:
                yield waiting.popleft().delivery


def _dated(delivery: Delivery, seen: datetime) -> datetime:
    try:
        return min(from_delivery(delivery).recorded_at, seen)
    except NotOurs:
        return seen


def _read(delivery: Delivery) -> Recorded | None:
    try:
        return from_delivery(delivery)
    except NotOurs:
        return None


def _chain(delivery: Delivery) -> bytes:
    return dict(delivery.headers).get("ce_chain") or b""
