"""The projector: a plain loop that turns the topics into read models.

One transaction = what the projections wrote + the version applied of each stream + the place in
each partition. Nothing else commits.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

import structlog
from sqlalchemy import Connection, Engine

from libs.eventstore import parking
from libs.eventstore.changes import announce
from libs.eventstore.gauges import Gauges
from libs.eventstore.lagging import LOOK_EVERY
from libs.eventstore.pipelining import pipelined
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.reading_ahead import ReadingAhead
from libs.eventstore.recorded import Recorded
from libs.eventstore.surviving import survive
from libs.eventstore.taking import Reader, settle, take
from libs.eventstore.trouble import code_of, lies_in_the_record, passes
from libs.eventstore.walking import Walk
from libs.messaging.broker import (
    Broker,
    BrokerUnavailable,
    Delivery,
    Partition,
    Subscriber,
    SubscriberLost,
)

LIVE = "live"
"""The reader that keeps all live projections; a rebuild has one of its own."""

BATCH = 1000
WAIT = 0.5
"""Seconds to wait for records; SIGTERM is seen at least that often."""
_CHECK_EVERY = 1.0
"""Seconds between looks at what is parked and due."""
_LONGEST_PAUSE = 10.0

log = structlog.get_logger(__name__)


class Projection(Protocol):
    """A module with its tables, the sentences that write their rows, and their queries."""

    def project(self, db: Connection, events: Sequence[Recorded], /) -> None:
        """In order within each stream, each once; what it does not read it lets pass."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """`trouble`: something is parked, or was until now."""

    applied: Sequence[Recorded]
    trouble: bool


class Projector:
    """`engine` is psycopg's, of the role that writes the read models; `now` a clock in UTC,
    `monotonic` one in seconds; `tell` says to whom it concerns what was applied.
    """

    def __init__(
        self,
        engine: Engine,
        broker: Broker,
        reader: Reader,
        projections: Sequence[Projection],
        *,
        group: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        tell: Callable[[Connection, Sequence[Recorded]], None] = announce,
    ) -> None:
        self._engine = engine
        # A notice is one statement: in a transaction of its own it would be three round trips.
        self._announcing = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._broker = broker
        self._reader = reader
        self._projections = projections
        self._group = group
        self._now = now
        self._monotonic = monotonic
        self._tell = tell
        self._walk = Walk([reader])
        self._gauges = Gauges(reader.name, now=now)
        self._checked = self._measured = float("-inf")
        self._failures = 0
        self.parked = 0
        """Records; while there are any, readiness is degraded."""
        self.standing = False
        """Whether the last thing that it tried succeeded."""

    def run(self, stop: Event) -> None:
        """Until `stop`; then the batch at hand is committed and the group is left."""
        while not stop.is_set():
            try:
                with closing(self._subscribed()) as subscriber:
                    self._follow(subscriber, stop)
            except (SubscriberLost, BrokerUnavailable) as lost:
                self._pause(stop, lost)

    def _subscribed(self) -> Subscriber:
        return ReadingAhead(self._broker.subscriber(group=self._group, topics=self._walk.topics))

    def _follow(self, subscriber: Subscriber, stop: Event) -> None:
        astray = False
        while not stop.is_set():
            try:
                if astray:
                    self._stand(subscriber, sorted(subscriber.owned(), key=str))
                self.step(subscriber)
                astray, self.standing, self._failures = False, True, 0
            except PlaceTaken:
                astray = True
            except Exception as error:
                if not passes(error):
                    raise
                astray = True
                self._pause(stop, error)

    def step(self, subscriber: Subscriber) -> None:
        """One poll, and one transaction for what it brought."""
        polled = subscriber.poll(timeout=WAIT, most=BATCH)
        if polled.assigned:
            self._stand(subscriber, polled.assigned)
        if polled.deliveries:
            self._apply(polled.deliveries)
            subscriber.note(dict(self._walk.of(self._reader)))
        self._look_around(subscriber, polled.deliveries)

    def _stand(self, subscriber: Subscriber, partitions: Sequence[Partition]) -> None:
        ids = {topic: self._broker.topic_id(topic) for topic in {at.topic for at in partitions}}
        with self._engine.begin() as db:
            places = self._walk.stand(db, {at: ids[at.topic] for at in partitions})
        for partition, place in places.items():
            subscriber.seek(partition, place)
        self._checked = float("-inf")

    def _apply(self, deliveries: Sequence[Delivery]) -> None:
        began = self._now()
        try:
            taken = self._at_once(deliveries)
        except PlaceTaken:
            raise
        except Exception as error:
            if not lies_in_the_record(error):
                raise
            taken = self._bit_by_bit(deliveries)
        self._walk.moved(self._reader, deliveries)
        places = self._walk.of(self._reader)
        self._gauges.batch(len(deliveries), taken.applied, places=places, began=began)
        if taken.trouble:
            self._checked = float("-inf")
        with self._announcing.connect() as db:
            self._tell(db, taken.applied)

    def _at_once(self, deliveries: Sequence[Delivery]) -> _Taken:
        """As nearly all batches go: a savepoint around what seldom fails would cost two round trips
        each time.
        """
        with self._engine.begin() as db:
            batch = take(db, self._reader, self._walk.of(self._reader), deliveries)
            if batch.to_handle:
                with pipelined(db):
                    self._project(db, [one.recorded for one in batch.to_handle])
            applied = settle(db, batch, {}, self._now())
        return _Taken(applied, trouble=bool(batch.parked or batch.tried))

    def _bit_by_bit(self, deliveries: Sequence[Delivery]) -> _Taken:
        """Something in it fails: the same batch again, down to the record that does."""
        with self._engine.begin() as db:
            batch = take(db, self._reader, self._walk.of(self._reader), deliveries)
            failed = survive(db, self._project, batch.to_handle)
            applied = settle(db, batch, failed, self._now())
        return _Taken(applied, trouble=True)

    def _project(self, db: Connection, events: Sequence[Recorded]) -> None:
        for projection in self._projections:
            projection.project(db, events)

    def _look_around(self, subscriber: Subscriber, deliveries: Sequence[Delivery]) -> None:
        """Back to what is parked and due, and how far behind we are."""
        again = self._walk.behind(deliveries)
        if not again and self._monotonic() < self._checked + _CHECK_EVERY:
            return
        owned = subscriber.owned()
        with self._engine.begin() as db:
            turns = self._walk.turns(db, deliveries, owned, self._now())
            self.parked, streams = parking.count(db, self._reader.name)
        self._checked = self._monotonic()
        self._gauges.parked(self.parked, streams)
        for partition, offset in turns.items():
            subscriber.seek(partition, offset)
        self._measure(owned)

    def _measure(self, owned: Collection[Partition]) -> None:
        if self._monotonic() < self._measured + LOOK_EVERY:
            return
        self._measured = self._monotonic()
        ends = self._broker.ends(self._walk.topics)
        places = {at: place for at, place in self._walk.of(self._reader).items() if at in owned}
        self._gauges.lag(places, ends)

    def _pause(self, stop: Event, error: Exception) -> None:
        self.standing = False
        pause = min(_LONGEST_PAUSE, 0.1 * 2**self._failures)
        self._failures += 1
        log.warning("paused", reader=self._reader.name, seconds=pause, error=code_of(error))
        stop.wait(pause)
