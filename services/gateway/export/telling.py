"""A record told from its head to its last word, a few items at a time."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from libs.eventstore.store import StoreUnavailable
from libs.privacy.sealing import KeyringUnavailable
from services.gateway.export.chapters import CHAPTERS, Chapter
from services.gateway.export.opening import opened
from services.gateway.export.operations import Kind
from services.gateway.export.schema import FORMAT
from services.gateway.graphql.texts import Opener
from services.gateway.queries import record
from services.gateway.queries.reading import Json, ReadModels, Snapshot
from services.gateway.queries.visible import Asker

AT_ONCE = 20
"""Items in memory."""

log = structlog.get_logger()


class Cursors(Protocol):
    def to_cursor(self, asker: Asker, patient_id: UUID, number: int) -> str: ...


class Writer(Protocol):
    """Of one form. Each method answers what comes next on paper; `chapter` may be left open by what
    breaks off.
    """

    media_type: str
    suffix: str

    def head(self, head: Json) -> bytes: ...

    def begin(self, chapter: Chapter) -> bytes: ...

    def items(self, chapter: Chapter, items: Sequence[Json]) -> bytes: ...

    def end(self, chapter: Chapter, count: int) -> bytes: ...

    def whole(self, counts: dict[str, int]) -> bytes: ...

    def broken_off(self, code: str, *, inside: bool) -> bytes: ...


@dataclass(slots=True, kw_only=True)
class Record:
    """Open, with its head read: whatever can be refused was refused before. `whole` once its last
    word was said.
    """

    kind: Kind
    head: Json
    as_of: datetime
    snapshot: Snapshot
    patient_id: UUID
    tenant_id: UUID
    sealer: Opener
    whole: bool = False

    async def told(self, writer: Writer) -> AsyncGenerator[bytes, None]:
        """What breaks off says so at its end, and never looks whole."""
        yield writer.head(self.head)
        counts: dict[str, int] = {}
        inside = False
        try:
            for chapter in CHAPTERS:
                inside = True
                yield writer.begin(chapter)
                counts[chapter.name] = 0
                async for items in self._items(chapter):
                    counts[chapter.name] += len(items)
                    yield writer.items(chapter, items)
                yield writer.end(chapter, counts[chapter.name])
                inside = False
        except KeyringUnavailable:
            yield self._broken_off(writer, "keyring-unavailable", inside=inside)
        except StoreUnavailable:
            yield self._broken_off(writer, "store-unavailable", inside=inside)
        else:
            yield writer.whole(counts)
            self.whole = True

    async def _items(self, chapter: Chapter) -> AsyncIterator[list[Json]]:
        async for rows in self.snapshot.pages(chapter.sql, self.patient_id, size=AT_ONCE):
            await opened(rows, self.sealer, self.tenant_id)
            yield [chapter.shaped(row) for row in rows]

    def _broken_off(self, writer: Writer, code: str, *, inside: bool) -> bytes:
        log.error("export-broken-off", code=code)
        return writer.broken_off(code, inside=inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    models: ReadModels
    sealer: Opener
    cursors: Cursors

    def snapshot(self, asker: Asker) -> AbstractAsyncContextManager[Snapshot]:
        return self.models.snapshot(asker)

    async def of(
        self, snapshot: Snapshot, asker: Asker, patient_id: UUID, kind: Kind
    ) -> Record | None:
        """None where there is no such patient for the one who asks.

        Raises `StoreUnavailable`, and `KeyringUnavailable` when one of the patient's keys cannot be
        had.
        """
        row = await snapshot.row(record.HEAD, patient_id)
        if row is None:
            return None
        await opened([row], self.sealer, asker.tenant_id)
        cursor = self.cursors.to_cursor(asker, patient_id, row["feed_number"])
        return Record(
            kind=kind,
            head=_head(row, kind, asker.now, cursor),
            as_of=asker.now,
            snapshot=snapshot,
            patient_id=patient_id,
            tenant_id=asker.tenant_id,
            sealer=self.sealer,
        )


def _head(row: Json, kind: Kind, now: datetime, cursor: str) -> Json:
    return {
        "format": FORMAT,
        "kind": kind,
        "exported_at": now.isoformat(),
        **_some_of(row, "clinic"),
        "person": _some_of(row, "id", "name", "zone", "locale", "discharged_at", "died_on"),
        "up_to": {**_some_of(row, "recorded_at"), "live_cursor": cursor},
    }


def _some_of(row: Json, *names: str) -> Json:
    return {name: row[name] for name in names if name in row}
