"""Fills an event store with a million facts in less than a minute: one life is recorded as commands
do it, and then told again of other streams.

The chains are whole, so every reader takes them. The sealed text is that of the first life and
would not open elsewhere; nobody opens it on the way.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from uuid import UUID, uuid4

import psycopg

from libs.eventstore.chain import link
from libs.eventstore.recorded import Recorded, stream_name
from libs.process.keys import derived, master_key
from libs.vocabulary.changing import changed
from services.assignment.wire import assignments
from tests.bench.filling import FACTS_OF_A_LIFE, lived
from tests.bench.stage import MASTER, Stage

LIVES_AT_ONCE = 1000
LIVES_OF_A_PATIENT = 10

_COLUMNS = [field.name for field in fields(Recorded) if field.init and field.name != "data"]
_values = attrgetter(*_COLUMNS)
_EVENTS = f"COPY assignment.events ({', '.join(_COLUMNS)}, data) FROM STDIN"
_LAST = "SELECT coalesce(max(position), 0), count(*) FROM assignment.events"
_STREAMS = """
INSERT INTO assignment.streams (tenant_id, stream_id, version, prev_version, head, recorded_at)
SELECT DISTINCT ON (tenant_id, stream_id) tenant_id, stream_id, version, 0, chain, recorded_at
FROM assignment.events WHERE position > %s ORDER BY tenant_id, stream_id, version DESC
"""
_TO_BE_PUBLISHED = """
TRUNCATE assignment.outbox;
INSERT INTO assignment.outbox SELECT position FROM assignment.events
"""


def grown(where: Stage, events: int, progress: Callable[[str], None]) -> int:
    """Until the store holds so many facts, or a few less: lives are whole. Returns how many."""
    template = asyncio.run(lived(where))
    with psycopg.connect(where.database.url, autocommit=True) as admin:
        last, held = admin.execute(_LAST).fetchone() or (0, 0)
        lives = _lives(template, (events - held) // FACTS_OF_A_LIFE)
        while some := list(islice(lives, LIVES_AT_ONCE)):
            _write(admin, some)
            held += len(some) * FACTS_OF_A_LIFE
            progress(f"filling the store: {held:,} of {events:,} events")
        admin.execute(_STREAMS, [last])
        # As autovacuum would have left a store that grew by itself.
        admin.execute("VACUUM (ANALYZE) assignment.events, assignment.streams")
    return int(held)


def to_be_published(admin: psycopg.Connection) -> None:
    """All that the store holds is in the outbox again."""
    admin.execute(_TO_BE_PUBLISHED)


def _lives(template: Sequence[Recorded], count: int) -> Iterator[Sequence[Recorded]]:
    patient = uuid4()
    for number in range(count):
        if number % LIVES_OF_A_PATIENT == 0:
            patient = uuid4()
        yield list(_told_again(template, uuid4(), patient))


def _told_again(template: Sequence[Recorded], stream: UUID, patient: UUID) -> Iterator[Recorded]:
    key, last = derived(master_key(MASTER), "chain:assignment"), b""
    first = template[0]
    for one in template:
        data = one.data.replace(str(first.stream_uuid).encode(), str(stream).encode())
        again = changed(
            one,
            event_id=uuid4(),
            stream_id=stream_name(assignments.category, stream),
            subject_id=patient,
            data=data.replace(str(first.subject_id).encode(), str(patient).encode()),
        )
        last = link(key, last, again)
        yield changed(again, chain=last)


def _write(admin: psycopg.Connection, lives: Sequence[Sequence[Recorded]]) -> None:
    with admin.cursor() as cursor, cursor.copy(_EVENTS.encode()) as copy:
        for life in lives:
            for one in life:
                copy.write_row((*_values(one), one.data.decode()))
