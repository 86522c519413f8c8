"""What therapy is for, in the patients' own words."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
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
    Index("goals_of", "tenant_id", "patient_id", "set_at", "goal_id"),
)

tables = (goals,)


class GoalSet(Shape):
    goal_id: UUID
    patient_id: UUID
    therapist_id: UUID
    statement: shapes.Text = None
    target: shapes.GoalTarget | None = None
    set_by: str | None = None
    set_at: datetime


reads: Reads = {"interlude.assignment.GoalSet.v1": GoalSet}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(goals)
    for recorded, fact in facts_of(events, reads):
        match fact:
            case GoalSet():
                rows.set(
                    recorded.tenant_id,
                    fact.goal_id,
                    patient_id=fact.patient_id,
                    therapist_id=fact.therapist_id,
                    statement=fact.statement,
                    target=fact.target and kept(fact.target),
                    set_by=fact.set_by,
                    set_at=fact.set_at,
                )
    rows.write(db)
