"""Who supervises whom: whose cases a supervisor may read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

supervisions = table(
    "supervisions",
    ["supervision_id"],
    Column("supervisor_id", Uuid),
    Column("therapist_id", Uuid),
    Column("began_at", Instant),
    Column("ended_at", Instant),
    Index("supervisions_of_supervisor", "tenant_id", "supervisor_id", "therapist_id"),
)

tables = (supervisions,)


class SupervisionBegan(Shape):
    supervisor_id: UUID
    therapist_id: UUID
    began_at: datetime


class SupervisionEnded(Shape):
    ended_at: datetime


reads: Reads = {
    "interlude.care.SupervisionBegan.v1": SupervisionBegan,
    "interlude.care.SupervisionEnded.v1": SupervisionEnded,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(supervisions)
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **fact.model_dump())
    rows.write(db)
