"""A batch as a process handles it with its own reader, step by step: others come between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine

from libs.eventstore import progress
from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Reader, settle, take
from libs.messaging.broker import Partition
from libs.messaging.envelope import topic_of
from libs.testing.cast import NOW
from libs.testing.databases import Database
from libs.testing.streams import stream
from tests.component.delivering import delivered

TOPIC = topic_of("care")


@dataclass(frozen=True, slots=True)
class Handling:
    """Taken, handled and settled, in one transaction."""

    reader: Reader
    keep: Callable[[Connection, Sequence[Recorded]], None]
    table: str
    """One in which it keeps care's sessions."""

    def all_of(self, engine: Engine, partition: int, told: Sequence[Recorded], took: Event) -> None:
        with engine.begin() as db:
            batch = self.take(db, partition, told)
            took.set()
            self.handle(db, batch)

    def take(self, db: Connection, partition: int, told: Sequence[Recorded]) -> Batch:
        here = Partition(TOPIC, partition)
        stood = progress.stand(db, self.reader.name, {here: "id"})
        return take(db, self.reader, stood, delivered(here, stood[here], told))

    def handle(self, db: Connection, batch: Batch) -> None:
        self.keep(db, [one.recorded for one in batch.to_handle])
        settle(db, batch, {}, NOW)


def erased(who: UUID) -> Sequence[Recorded]:
    told = {"patient_id": str(who), "erased_at": NOW.isoformat()}
    return stream("erasure", who, ("interlude.care.PatientErased.v1", told), subject=who)


def waits(database: Database) -> bool:
    with psycopg.connect(database.url) as superuser:
        found = superuser.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone()
    return found is not None
