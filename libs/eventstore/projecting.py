"""The projector: a plain loop that turns the topics into read models.

One transaction = what the projections wrote + the version applied of each stream + the place in
each partition. Nothing else commits.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime
from threading import Event

import structlog
from sqlalchemy import Connection, Engine

from libs.eventstore import parking
from libs.eventstore.applying import Applying, Projection
from libs.eventstore.changes import announce
from libs.eventstore.gauges import Gauges
from libs.eventstore.lagging import LOOK_EVERY
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.reading_ahead import ReadingAhead
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Reader
from libs.eventstore.trouble import code_of, passes
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

__all__ = ["LIVE", "Projection", "Projector"]

log = structlog.get_logger(__name__)


class Projector:
    """`engine` is psycopg's, of the role that writes the read models; `now` a clock in UTC,
    `monotonic` one in seconds; `tell` says to whom it concerns what was applied. Projections that
    do more than write (`only_writes` False) get answers to what they ask, and a batch only once the
    one before it is done.
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
        only_writes: bool = True,
    ) -> None:
        self._engine = engine
        # A notice is one statement: in a transaction of its own it would be three round trips.
        self._announcing = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._broker = broker
        self._reader = reader
        self._applying = Applying(engine, reader, projections, now, only_writes=only_writes)
        self._group = group
        self._now = now
        self._monotonic = monotonic
        self._tell = tell
        self._only_writes = only_writes
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
        subscriber = self._broker.subscriber(group=self._group, topics=self._walk.topics)
        return ReadingAhead(subscriber) if self._only_writes else subscriber

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
        taken = self._applying.apply(self._walk.of(self._reader), deliveries)
        self._walk.moved(self._reader, deliveries)
        places = self._walk.of(self._reader)
        self._gauges.batch(len(deliveries), taken.applied, places=places, began=began)
        if taken.trouble:
            self._checked = float("-inf")
        with self._announcing.connect() as db:
            self._tell(db, taken.applied)

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
