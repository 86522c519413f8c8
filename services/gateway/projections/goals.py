"""What therapy is for, in the patients' own words, and how far each goal has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import goal_shapes as told
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape, kept
from services.gateway.projections.tables import Instant, Json, table

goals = table(
    "goals",
    ["goal_id"],
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("statement", Json),
    Column("target", Json),
    Column("set_by", Text),
    Column("set_at", Instant),
    Column("lifecycle", Text),
    Column("achievement", Text),
    Column("progress", Json),
    Column("closing", Json),
    Index("goals_of", "tenant_id", "patient_id", "set_at", "goal_id"),
)
"""`progress` is the last that was recorded; all of it is in the timeline."""

tables = (goals,)


class GoalSet(Shape):
    goal_id: UUID
    patient_id: UUID
    therapist_id: UUID
    statement: shapes.Text = None
    target: shapes.GoalTarget | None = None
    set_by: str | None = None
    set_at: datetime


class GoalRevised(Shape):
    statement: shapes.Text = None
    target: shapes.GoalTarget | None = None


reads: Reads = {
    "interlude.assignment.GoalSet.v1": GoalSet,
    "interlude.assignment.GoalRevised.v1": GoalRevised,
    "interlude.assignment.GoalProgressRecorded.v1": told.GoalProgress,
    "interlude.assignment.GoalClosed.v1": told.GoalClosing,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(goals)
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **_changed(fact))
    rows.write(db)


def _changed(fact: Shape) -> dict[str, Any]:
    match fact:
        case GoalSet():
            return {
                "patient_id": fact.patient_id,
                "therapist_id": fact.therapist_id,
                "set_by": fact.set_by,
                "set_at": fact.set_at,
                "lifecycle": "active",
                "achievement": "in_progress",
                **_words(fact),
            }
        case GoalRevised():
            return _words(fact)
        case told.GoalProgress():
            return {"achievement": fact.achievement, "progress": kept(fact)}
        case told.GoalClosing():
            judged = {"achievement": fact.achievement} if fact.achievement else {}
            return {"lifecycle": fact.lifecycle, "closing": kept(fact), **judged}
    return {}


def _words(fact: GoalSet | GoalRevised) -> dict[str, Any]:
    return {"statement": fact.statement, "target": fact.target and kept(fact.target)}
