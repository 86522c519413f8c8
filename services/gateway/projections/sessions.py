"""Therapy sessions, with where each stands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Integer, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, table

sessions = table(
    "sessions",
    ["session_id"],
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("starts_at", Instant),
    Column("zone", Text),
    Column("duration_min", Integer),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("off", Text),
    Index("sessions_of", "tenant_id", "patient_id", "starts_at"),
)
"""`off`: cancelled or no_show, else null."""

tables = (sessions,)


class SessionScheduled(Shape):
    session_id: UUID
    patient_id: UUID
    therapist_id: UUID
    starts_at: datetime
    zone: str
    duration_min: int


class SessionRescheduled(Shape):
    starts_at: datetime
    zone: str
    duration_min: int


class SessionStarted(Shape):
    started_at: datetime


class SessionEnded(Shape):
    ended_at: datetime


class SessionCancelled(Shape):
    pass


class SessionNoShowRecorded(Shape):
    pass


class SessionReinstated(Shape):
    pass


reads: Reads = {
    "interlude.care.SessionScheduled.v1": SessionScheduled,
    "interlude.care.SessionRescheduled.v1": SessionRescheduled,
    "interlude.care.SessionStarted.v1": SessionStarted,
    "interlude.care.SessionEnded.v1": SessionEnded,
    "interlude.care.SessionCancelled.v1": SessionCancelled,
    "interlude.care.SessionNoShowRecorded.v1": SessionNoShowRecorded,
    "interlude.care.SessionReinstated.v1": SessionReinstated,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(sessions)
    for recorded, fact in facts_of(events, reads):
        key = recorded.tenant_id, recorded.stream_uuid
        match fact:
            case SessionScheduled():
                rows.set(*key, **fact.model_dump(exclude={"session_id"}))
            case SessionRescheduled() | SessionStarted() | SessionEnded():
                rows.set(*key, **fact.model_dump())
            case SessionCancelled():
                rows.set(*key, off="cancelled")
            case SessionNoShowRecorded():
                rows.set(*key, off="no_show")
            case SessionReinstated():
                rows.set(*key, off=None)
    rows.write(db)
