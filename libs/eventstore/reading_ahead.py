"""While one batch is being applied, the next one is fetched and taken apart.

The database works without Python, and a broker's answer is waited for: in that time there is
nothing better to do than what the next batch will ask for first.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from libs.eventstore.reading import told
from libs.messaging.broker import Delivery, Partition, Polled, Subscriber
from libs.messaging.envelope import NotOurs, from_delivery

LIKELY_MORE = 4
"""Reads on after a batch of at least this part of what it may be: after less it has caught up."""
WAIT = 0.05
"""Seconds that it may take to find out that there was no more."""


class ReadingAhead:
    """A subscriber around another, which is only ever in the hands of one of the two threads: what
    was read ahead is brought home before anything else is asked.
    """

    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading-ahead")
        self._ahead: Future[Polled] | None = None
        self._read: Polled | None = None

    def poll(self, *, timeout: float, most: int = 1000) -> Polled:
        self._bring_home()
        polled = self._read or self._subscriber.poll(timeout=timeout, most=most)
        self._read = None
        # What was newly assigned delivers nothing before its place is known.
        if not polled.assigned and len(polled.deliveries) * LIKELY_MORE >= most:
            self._ahead = self._thread.submit(self._fetched, most)
        return polled

    def seek(self, partition: Partition, offset: int) -> None:
        """What was read ahead there is not what is wanted now; all else still comes next."""
        self._bring_home()
        if self._read is not None:
            kept = [one for one in self._read.deliveries if one.partition != partition]
            self._read = Polled(assigned=self._read.assigned, deliveries=kept)
        self._subscriber.seek(partition, offset)

    def owned(self) -> frozenset[Partition]:
        self._bring_home()
        return self._subscriber.owned()

    def note(self, positions: Mapping[Partition, int]) -> None:
        self._bring_home()
        self._subscriber.note(positions)

    def close(self) -> None:
        self._thread.shutdown(wait=True)
        self._subscriber.close()

    def _bring_home(self) -> None:
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            self._read = ahead.result()

    def _fetched(self, most: int) -> Polled:
        polled = self._subscriber.poll(timeout=WAIT, most=most)
        for one in polled.deliveries:
            _take_apart(one)
        return polled


def _take_apart(delivery: Delivery) -> None:
    """Kept with the record, as is all that is made of it. Why it cannot be read is said to whoever
    has to park it.
    """
    with suppress(NotOurs, ValueError):
        told(from_delivery(delivery))
