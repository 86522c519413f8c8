"""Notes in diaries as a topic delivers them, and what a reader lets through of them."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from libs.eventstore.recorded import Recorded
from libs.eventstore.taking import Batch, Reader, settle, take
from libs.messaging.broker import Delivery, Partition
from libs.testing.cast import CLINIC, MASHA, NOW
from libs.testing.streams import Told, stream
from tests.component.delivering import delivered

TOPIC = "interlude.diary.events.v1"
HERE = Partition(TOPIC, 0)
THERE = Partition(TOPIC, 1)
NOTE: Told = ("interlude.diary.NoteAdded.v1", {"mood": 4})

Places = Mapping[Partition, int]


def written(
    count: int = 3, uuid: UUID | None = None, *, subject: UUID = MASHA, tenant: UUID = CLINIC
) -> Sequence[Recorded]:
    return stream("entry", uuid or uuid4(), *[NOTE] * count, subject=subject, tenant=tenant)


def at(offset: int, recorded: Sequence[Recorded], where: Partition = HERE) -> list[Delivery]:
    return delivered(where, offset, recorded)


def taken(
    db: Connection, reader: Reader, deliveries: Sequence[Delivery], places: Places | None = None
) -> Batch:
    batch = take(db, reader, places or {HERE: 0, THERE: 0}, deliveries)
    settle(db, batch, {}, NOW)
    return batch


def fresh(batch: Batch) -> list[Recorded]:
    return [one.recorded for one in batch.fresh]


def parked(db: Connection, reader: Reader) -> list[tuple[int, str]]:
    rows = db.execute(
        text('SELECT "offset", code FROM parked WHERE reader = :reader ORDER BY "offset"'),
        {"reader": reader.name},
    )
    return [(offset, code) for offset, code in rows]
