"""The therapy notebook: what a patient keeps to look back on, homework that was reviewed first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

notebook = table(
    "notebook",
    ["item_id"],
    Column("patient_id", Uuid),
    Column("kind", Text),
    Column("visibility", Text),
    Column("assignment_id", Uuid),
    Column("review_id", Uuid),
    Column("session_id", Uuid),
    Column("kept_at", Instant),
    Column("recorded_at", Instant),
    Index("notebook_of", "tenant_id", "patient_id", "kept_at", "item_id"),
)
"""`item_id` is the id of the fact that put it there."""

tables = (notebook,)


class HomeworkFiled(Shape):
    """Both know what was reviewed, so it is shared."""

    patient_id: UUID
    assignment_id: UUID
    review_id: UUID
    session_id: UUID
    filed_at: datetime


reads: Reads = {"interlude.diary.HomeworkFiled.v1": HomeworkFiled}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(notebook)
    for recorded, fact in facts_of(events, reads):
        match fact:
            case HomeworkFiled():
                rows.set(
                    recorded.tenant_id,
                    recorded.event_id,
                    kind="completed_homework",
                    visibility="shared",
                    kept_at=fact.filed_at,
                    recorded_at=recorded.recorded_at,
                    **fact.model_dump(exclude={"filed_at"}),
                )
    rows.write(db)
