"""Occurrences: the windows in which homework is asked for, with the patient's local times."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, Index, Integer, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.plan_shapes import Period
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape, kept
from services.gateway.projections.tables import Instant, Json, table

occurrences = table(
    "occurrences",
    ["occurrence_id"],
    Column("assignment_id", Uuid),
    Column("patient_id", Uuid),
    Column("plan_version", Integer),
    Column("local_date", Date),
    Column("slot", Text),
    Column("opens_at", Instant),
    Column("due_at", Instant),
    Column("zone", Text),
    Column("told", Text),
    Column("started_at", Instant),
    Column("quantity", Integer),
    Column("experienced_at", Json),
    Column("note", Json),
    Column("settled_at", Instant),
    Index("occurrences_of_day", "tenant_id", "patient_id", "local_date"),
    Index("occurrences_of_assignment", "tenant_id", "assignment_id"),
)
"""`told` is what a fact said of it (scheduled, completed, partial, …); whether a window is open at
this moment follows from the clock when somebody asks. `started_at` stands by itself: an occurrence
that was begun may get another end.
"""

tables = (occurrences,)


class Occurrence(Shape):
    id: UUID
    local_date: date
    slot: str
    opens_at: datetime
    due_at: datetime | None = None
    zone: str


class OccurrencesScheduled(Shape):
    plan_version: int
    occurrences: tuple[Occurrence, ...]


class OccurrencesWithdrawn(Shape):
    occurrence_ids: tuple[UUID, ...]
    withdrawn_at: datetime


class OccurrenceStarted(Shape):
    occurrence_id: UUID
    started_at: datetime


class OccurrenceCompleted(Shape):
    occurrence_id: UUID
    experienced_at: Period | None = None
    quantity: int = 100
    completed_at: datetime


class OccurrencePartiallyCompleted(Shape):
    occurrence_id: UUID
    experienced_at: Period | None = None
    quantity: int
    note: shapes.Text = None
    completed_at: datetime


class OccurrenceAbandoned(Shape):
    occurrence_id: UUID
    note: shapes.Text = None
    abandoned_at: datetime


class OccurrenceDeclined(Shape):
    occurrence_id: UUID
    note: shapes.Text = None
    declined_at: datetime


class OccurrenceExpired(Shape):
    occurrence_id: UUID


reads: Reads = {
    "interlude.assignment.OccurrencesScheduled.v1": OccurrencesScheduled,
    "interlude.assignment.OccurrencesWithdrawn.v1": OccurrencesWithdrawn,
    "interlude.assignment.OccurrenceStarted.v1": OccurrenceStarted,
    "interlude.assignment.OccurrenceCompleted.v1": OccurrenceCompleted,
    "interlude.assignment.OccurrencePartiallyCompleted.v1": OccurrencePartiallyCompleted,
    "interlude.assignment.OccurrenceAbandoned.v1": OccurrenceAbandoned,
    "interlude.assignment.OccurrenceDeclined.v1": OccurrenceDeclined,
    "interlude.assignment.OccurrenceExpired.v1": OccurrenceExpired,
}

WHOLE = 100
"""Percent of what was planned."""


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(occurrences)
    for recorded, fact in facts_of(events, reads):
        match fact:
            case OccurrencesScheduled():
                _scheduled(rows, recorded, fact)
            case OccurrencesWithdrawn():
                for gone in fact.occurrence_ids:
                    _set(rows, recorded, gone, told="not_applicable", settled_at=fact.withdrawn_at)
            case _:
                named, columns = _told(fact)
                _set(rows, recorded, named, **columns)
    rows.write(db)


def _told(fact: Any) -> tuple[UUID, dict[str, Any]]:
    """The last word counts: whatever was told of it before is not so any more."""
    match fact:
        case OccurrenceStarted():
            columns: dict[str, Any] = {"started_at": fact.started_at}
        case OccurrenceExpired():
            columns = {"told": "expired"}
        case OccurrenceAbandoned():
            columns = _left("abandoned", fact.abandoned_at, fact)
        case OccurrenceDeclined():
            columns = _left("declined", fact.declined_at, fact)
        case _:
            columns = _done(fact)
    named: UUID = fact.occurrence_id
    return named, columns


def _left(
    told: str, at: datetime, fact: OccurrenceAbandoned | OccurrenceDeclined
) -> dict[str, Any]:
    return {
        "told": told,
        "quantity": None,
        "experienced_at": None,
        "note": _note(fact),
        "settled_at": at,
    }


def _done(fact: OccurrenceCompleted | OccurrencePartiallyCompleted) -> dict[str, Any]:
    return {
        "told": "completed" if fact.quantity >= WHOLE else "partial",
        "quantity": fact.quantity,
        "experienced_at": fact.experienced_at and kept(fact.experienced_at),
        "note": _note(fact),
        "settled_at": fact.completed_at,
    }


def _note(fact: Shape) -> Any:
    return fact.model_dump(include={"note"}, warnings=False).get("note")


def _scheduled(rows: Rows, recorded: Recorded, fact: OccurrencesScheduled) -> None:
    for each in fact.occurrences:
        _set(
            rows,
            recorded,
            each.id,
            plan_version=fact.plan_version,
            told="scheduled",
            settled_at=None,
            **each.model_dump(exclude={"id"}),
        )


def _set(rows: Rows, recorded: Recorded, occurrence_id: UUID, **columns: Any) -> None:
    """Every fact of it says whose it is: one may be withdrawn that was never scheduled."""
    rows.set(
        recorded.tenant_id,
        occurrence_id,
        assignment_id=recorded.stream_uuid,
        patient_id=recorded.subject_id,
        **columns,
    )
