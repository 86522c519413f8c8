"""Who has left the clinic, and how long its people may finish records of their own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Integer

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

departures = table(
    "departures", ["person_id"], Column("left_at", Instant), Column("returned_at", Instant)
)
records_windows = table("records_windows", ["clinic_id"], Column("days", Integer))

tables = (departures, records_windows)


class StaffLeft(Shape):
    person_id: UUID
    left_at: datetime


class StaffReturned(Shape):
    returned_at: datetime


class RecordsWindowSet(Shape):
    clinic_id: UUID
    days: int


reads: Reads = {
    "interlude.care.StaffLeft.v1": StaffLeft,
    "interlude.care.StaffReturned.v1": StaffReturned,
    "interlude.care.RecordsWindowSet.v1": RecordsWindowSet,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    left, windows = Rows(departures), Rows(records_windows)
    for recorded, fact in facts_of(events, reads):
        tenant, stream = recorded.tenant_id, recorded.stream_uuid
        match fact:
            case StaffLeft():
                left.set(tenant, stream, left_at=fact.left_at, returned_at=None)
            case StaffReturned():
                left.set(tenant, stream, returned_at=fact.returned_at)
            case RecordsWindowSet():
                windows.set(tenant, stream, days=fact.days)
    left.write(db)
    windows.write(db)
