"""The diary: what patients recorded between sessions, as they filled it in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, Json, table

entries = table(
    "entries",
    ["entry_id"],
    Column("patient_id", Uuid),
    Column("worksheet", Text),
    Column("definition_version", Text),
    Column("assignment_id", Uuid),
    Column("occurrence_id", Uuid),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("zone", Text),
    Column("recording_mode", Text),
    Column("time_uncertain", Boolean),
    Column("source", Text),
    Column("visibility", Text),
    Column("location", Json),
    Column("with_whom", Text),
    Column("with_whom_other", Json),
    Column("notes", Json),
    Column("answers", Json),
    Column("recorded_at", Instant),
    Index("entries_of", "tenant_id", "patient_id", "started_at", "entry_id"),
    Index("entries_of_assignment", "tenant_id", "assignment_id"),
)
"""`started_at` and `ended_at` are when it was lived through; `visibility`: shared or private."""

tables = (entries,)


class Experienced(Shape):
    start: datetime
    end: datetime | None = None


class DiaryEntryRecorded(Shape):
    entry_id: UUID
    patient_id: UUID
    worksheet: str
    definition_version: str
    assignment_id: UUID | None = None
    occurrence_id: UUID | None = None
    experienced_at: Experienced
    zone: str
    recording_mode: str
    time_uncertain: bool = False
    source: str
    visibility: str
    location: shapes.Text = None
    with_whom: str | None = None
    with_whom_other: shapes.Text = None
    notes: shapes.Text = None
    answers: dict[str, Any]


class EntryShared(Shape):
    pass


class EntrySharingWithdrawn(Shape):
    pass


reads: Reads = {
    "interlude.diary.DiaryEntryRecorded.v1": DiaryEntryRecorded,
    "interlude.diary.EntryShared.v1": EntryShared,
    "interlude.diary.EntrySharingWithdrawn.v1": EntrySharingWithdrawn,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(entries)
    for recorded, fact in facts_of(events, reads):
        match fact:
            case DiaryEntryRecorded():
                rows.set(
                    recorded.tenant_id,
                    fact.entry_id,
                    **fact.model_dump(exclude={"entry_id", "experienced_at"}, warnings=False),
                    started_at=fact.experienced_at.start,
                    ended_at=fact.experienced_at.end,
                    recorded_at=recorded.recorded_at,
                )
            case EntryShared():
                rows.set(recorded.tenant_id, recorded.stream_uuid, visibility="shared")
            case EntrySharingWithdrawn():
                rows.set(recorded.tenant_id, recorded.stream_uuid, visibility="private")
    rows.write(db)
