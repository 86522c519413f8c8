"""From a service's outbox to its topic: in order, acknowledged, then forgotten.

One relay of a service works at a time: the one whose transaction holds the lease row. It reads a
batch, publishes it, waits for every acknowledgement, deletes exactly what it read, and commits.
There is no cursor, so nothing can be skipped; whatever goes wrong, the same batch is sent again.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from threading import Event

import psycopg
import structlog
from prometheus_client import Counter, Gauge
from psycopg.sql import SQL

from libs.messaging import outbox
from libs.messaging.broker import Broker, BrokerUnavailable, Message, Publisher, PublishFailed
from libs.messaging.codes import code_of
from libs.messaging.outbox import EVENTS, Batch, Contents, LeaseLost
from libs.tracing.spans import carried

PARTITIONS = 12
BATCH = 1000
MOST_OFTEN, LEAST_OFTEN = 0.002, 0.1
"""Seconds between looks into an empty outbox: soon after a fact, and long after the last."""
STANDBY = 0.2
LONGEST_PAUSE = 5.0
HOUSEKEEPING = 5.0
PURGED_AT_ONCE = 1000

_ROWS = Gauge("interlude_outbox_rows", "Facts not yet published.", ["service"])
_AGE = Gauge(
    "interlude_outbox_oldest_seconds", "Age of the oldest of them; 0 when none.", ["service"]
)
_RELAYED = Counter("interlude_relayed_total", "Facts published, repeats included.", ["service"])
_FAILURES = Counter(
    "interlude_relay_failures_total", "Batches that must be sent again.", ["service", "code"]
)

log = structlog.get_logger(__name__)


class TopicReplaced(Exception):  # noqa: N818 - the caller begins anew, and sees to it
    """The topic that we publish to is not the one of before."""


class Relay:
    """`url` is the database as `<service>_relay`; `now` a clock in UTC, `monotonic` in seconds.
    `retention_ms` counts only when the topic is made; -1 keeps everything.
    """

    def __init__(
        self,
        url: str,
        broker: Broker,
        *,
        service: str,
        topic: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        partitions: int = PARTITIONS,
        batch: int = BATCH,
        contents: Contents = EVENTS,
        retention_ms: int = -1,
    ) -> None:
        self._url = url
        self._broker = broker
        self._service = service
        self._topic = topic
        self._now = now
        self._monotonic = monotonic
        self._partitions = partitions
        self._most = batch
        self._contents = contents
        self._retention_ms = retention_ms
        self._failures = 0
        self._housekeeping_at = float("-inf")
        self._oldest: datetime | None = None
        _AGE.labels(service).set_function(self._age)
        self.standing = False
        """Whether the last thing that it tried succeeded."""

    def run(self, stop: Event) -> None:
        """Until `stop`; then the batch at hand is finished, or given up for the next relay."""
        while not stop.is_set():
            try:
                self._work(stop)
            except (
                psycopg.Error, PublishFailed, BrokerUnavailable, LeaseLost, TopicReplaced
            ) as trouble:  # fmt: skip
                self._pause(stop, trouble)
        self.standing = False

    def _work(self, stop: Event) -> None:
        with closing(outbox.connected(self._url, self._service)) as connection:
            # Before the broker is asked: while it is away, this is what one wants to know.
            self._measure(connection)
            # A broker may be absent while services start, and may come back empty.
            self._ensure_topic()
            with closing(self._broker.publisher()) as publisher, ThreadPoolExecutor(1) as sending:
                if not self._is_whole(connection, publisher, stop):
                    stop.wait(STANDBY)
                    return
                busy_until = self._monotonic()
                while not stop.is_set():
                    if outbox.waiting(connection):
                        if not self._drain(connection, publisher, sending, stop):
                            stop.wait(STANDBY)
                        busy_until = self._monotonic()
                    self._keep_house(connection)
                    self._rest(connection, self._monotonic() - busy_until)

    def _ensure_topic(self) -> None:
        self._broker.ensure_topic(
            self._topic, partitions=self._partitions, retention_ms=self._retention_ms
        )

    def _is_whole(self, connection: psycopg.Connection, publisher: Publisher, stop: Event) -> bool:
        """A topic that was lost and made again gets all that was ever published, before anything
        new: what comes next in a stream would be the first of it there. False while another relay
        sees to it, or when somebody asks to stop.
        """
        found = self._broker.topic_id(self._topic)
        if outbox.topic_of_before(connection) == found:
            return True
        with connection.transaction():
            if not outbox.leased(connection):
                return False
            if outbox.topic_of_before(connection) is not None:
                for batch in self._everything(connection):
                    if stop.is_set():
                        return False
                    publisher.publish(batch)
            outbox.is_in(connection, found)
        return True

    def _everything(self, connection: psycopg.Connection) -> Iterator[Sequence[Message]]:
        query = self._contents.everything
        if query is not None:
            log.warning("topic-replaced", topic=self._topic)
            yield from outbox.everything(connection, self._topic, SQL(query))

    def _read(self, connection: psycopg.Connection, in_flight: Sequence[int] = ()) -> Batch:
        return outbox.read(
            connection,
            self._topic,
            most=self._most,
            in_flight=in_flight,
            contents=self._contents,
        )

    def _drain(
        self,
        connection: psycopg.Connection,
        publisher: Publisher,
        sending: ThreadPoolExecutor,
        stop: Event,
    ) -> bool:
        """While one batch is on its way the next one is read. False when there was nothing for us:
        another relay has the lease, or has been quicker.
        """
        following: Batch | None = None
        while True:
            with connection.transaction():
                if not outbox.leased(connection):
                    return False
                batch = following or self._read(connection)
                if not batch:
                    return False
                began = self._now()
                acknowledged = sending.submit(publisher.publish, batch.messages)
                following = self._read_on(connection, batch, acknowledged)
                acknowledged.result()
                outbox.sent(connection, batch)
            self._succeeded(batch, began)
            if not following or stop.is_set():
                return True

    def _read_on(
        self, connection: psycopg.Connection, batch: Batch, acknowledged: "Future[None]"
    ) -> Batch | None:
        """Only where there is likely more; an interrupted read must not leave a batch behind that
        is still being sent.
        """
        if len(batch) < self._most:
            return None
        try:
            return self._read(connection, batch.positions)
        finally:
            acknowledged.exception()

    def _succeeded(self, batch: Batch, began: datetime) -> None:
        _RELAYED.labels(self._service).inc(len(batch))
        self._failures, self.standing = 0, True
        causes = filter(None, map(outbox.cause, batch.messages))
        carried(f"publish {self._topic}", "producer", causes, began=began, ended=self._now())

    def _keep_house(self, connection: psycopg.Connection) -> None:
        if self._monotonic() < self._housekeeping_at:
            return
        self._housekeeping_at = self._monotonic() + HOUSEKEEPING
        self._measure(connection)
        connection.execute(self._contents.purge, [PURGED_AT_ONCE])
        # Nothing to publish is no reason to believe that one could.
        if self._broker.topic_id(self._topic) != outbox.topic_of_before(connection):
            raise TopicReplaced
        self.standing = True

    def _measure(self, connection: psycopg.Connection) -> None:
        found = outbox.backlog(connection, self._contents)
        self._oldest = found.oldest
        _ROWS.labels(self._service).set(found.rows)

    def _age(self) -> float:
        """Asked for when somebody looks, so that it grows while the relay cannot work."""
        oldest = self._oldest
        return 0.0 if oldest is None else max(0.0, (self._now() - oldest).total_seconds())

    def _rest(self, connection: psycopg.Connection, idle: float) -> None:
        """The longer nothing came, the longer; a notification wakes at once."""
        seconds = min(max(idle / 50, MOST_OFTEN), LEAST_OFTEN)
        for _ in connection.notifies(timeout=seconds, stop_after=1):
            return

    def _pause(self, stop: Event, trouble: Exception) -> None:
        self.standing = False
        self._housekeeping_at = float("-inf")
        code = str(trouble) if isinstance(trouble, PublishFailed | BrokerUnavailable) else ""
        code = code or code_of(trouble)
        seconds = min(LONGEST_PAUSE, 0.1 * 2**self._failures)
        self._failures += 1
        _FAILURES.labels(self._service, code).inc()
        log.warning("paused", topic=self._topic, code=code, seconds=seconds)
        stop.wait(seconds)
