"""Occurrences: the windows in which homework is asked for, with the patient's local times."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, Index, Integer, Text, Uuid

from libs.eventstore.recorded import Recorded
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
    Column("quantity", Integer),
    Column("experienced_at", Json),
    Column("settled_at", Instant),
    Index("occurrences_of_day", "tenant_id", "patient_id", "local_date"),
    Index("occurrences_of_assignment", "tenant_id", "assignment_id"),
)
"""`told` is what a fact said of it (scheduled, completed, partial, …); whether a window is open at
this moment follows from the clock when somebody asks.
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


class OccurrenceCompleted(Shape):
    occurrence_id: UUID
    experienced_at: Period | None = None
    quantity: int = 100
    completed_at: datetime


reads: Reads = {
    "interlude.assignment.OccurrencesScheduled.v1": OccurrencesScheduled,
    "interlude.assignment.OccurrencesWithdrawn.v1": OccurrencesWithdrawn,
    "interlude.assignment.OccurrenceCompleted.v1": OccurrenceCompleted,
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
            case OccurrenceCompleted():
                _set(
                    rows,
                    recorded,
                    fact.occurrence_id,
                    told="completed" if fact.quantity >= WHOLE else "partial",
                    quantity=fact.quantity,
                    experienced_at=fact.experienced_at and kept(fact.experienced_at),
                    settled_at=fact.completed_at,
                )
    rows.write(db)


def _scheduled(rows: Rows, recorded: Recorded, fact: OccurrencesScheduled) -> None:
    for each in fact.occurrences:
        _set(
            rows,
            recorded,
            each.id,
            plan_version=fact.plan_version,
            told="scheduled",
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
