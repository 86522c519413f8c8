"""One transaction for what a poll brought: sifted, handed to the projections, settled."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Engine

from libs.eventstore.pipelining import flushed, pipelined
from libs.eventstore.progress import PlaceTaken
from libs.eventstore.recorded import Recorded
from libs.eventstore.surviving import survive
from libs.eventstore.taking import Reader, settle, take
from libs.eventstore.trouble import lies_in_the_record
from libs.messaging.broker import Delivery, Partition


class Projection(Protocol):
    """A module with its tables, the sentences that write their rows, and their queries."""

    def project(self, db: Connection, events: Sequence[Recorded], /) -> None:
        """In order within each stream, each once; what it does not read it lets pass."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`trouble`: something is parked, or was until now."""

    applied: Sequence[Recorded]
    trouble: bool


@dataclass(frozen=True, slots=True)
class Applying:
    """`engine` is psycopg's, of the role that writes the read models. Projections that only write
    need not wait for each statement's answer.
    """

    engine: Engine
    reader: Reader
    projections: Sequence[Projection]
    now: Callable[[], datetime]
    only_writes: bool = True

    def apply(self, places: Mapping[Partition, int], deliveries: Sequence[Delivery]) -> Taken:
        """`places` are where this process believes that the reader stands. Raises `PlaceTaken`."""
        try:
            return self._at_once(places, deliveries)
        except PlaceTaken:
            raise
        except Exception as error:
            if not lies_in_the_record(error):
                raise
            return self._bit_by_bit(places, deliveries)

    def _at_once(self, places: Mapping[Partition, int], deliveries: Sequence[Delivery]) -> Taken:
        """As nearly all batches go: a savepoint around what seldom fails would cost two round trips
        each time.
        """
        with self.engine.begin() as db:
            batch = take(db, self.reader, places, deliveries)
            if batch.to_handle:
                with pipelined(db) if self.only_writes else nullcontext():
                    self._project(db, [one.recorded for one in batch.to_handle])
            applied = settle(db, batch, {}, self.now())
        return Taken(applied, trouble=bool(batch.parked or batch.tried))

    def _bit_by_bit(self, places: Mapping[Partition, int], deliveries: Sequence[Delivery]) -> Taken:
        """Something in it fails: the same batch again, down to the record that does."""
        with self.engine.begin() as db:
            batch = take(db, self.reader, places, deliveries)
            failed = survive(db, self._project, batch.to_handle)
            applied = settle(db, batch, failed, self.now())
        return Taken(applied, trouble=True)

    def _project(self, db: Connection, events: Sequence[Recorded]) -> None:
        for projection in self.projections:
            projection.project(db, events)
            flushed(db)


def ahead(batches: Iterator[Sequence[Delivery]]) -> Iterator[Sequence[Delivery]]:
    """The same, each fetched while the one before it is being applied."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
        following = thread.submit(next, batches, ())
        while batch := following.result():
            following = thread.submit(next, batches, ())
            yield batch
