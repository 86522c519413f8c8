"""Who treats whom: what a caseload is made of, and what everything a therapist sees rests on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, Connection, Index, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

relationships = table(
    "relationships",
    ["relationship_id"],
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Index("relationships_of_therapist", "tenant_id", "therapist_id", "patient_id"),
    Index("relationships_of_patient", "tenant_id", "patient_id"),
)

tables = (relationships,)


class CareRelationshipBegan(Shape):
    patient_id: UUID
    therapist_id: UUID
    began_at: datetime


class CareRelationshipEnded(Shape):
    ended_at: datetime


class CareHandedOver(Shape):
    """Of the relationship that it ends; the other one begins in a stream of its own."""

    ended_at: datetime = Field(validation_alias="handed_over_at")


reads: Reads = {
    "interlude.care.CareRelationshipBegan.v1": CareRelationshipBegan,
    "interlude.care.CareRelationshipEnded.v1": CareRelationshipEnded,
    "interlude.care.CareHandedOver.v1": CareHandedOver,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(relationships)
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **fact.model_dump())
    rows.write(db)
