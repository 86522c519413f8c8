"""What every service keeps of care's facts: who treats and supervises whom, who has left, where a
patient's days begin and end, and when they meet. Ids, zones and times only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)

from libs.eventstore.reading import Fact, read_as
from libs.eventstore.recorded import Recorded
from libs.eventstore.upserting import Row, upsert

CATEGORIES = frozenset(
    {"patient", "therapist", "relationship", "supervision", "session", "departure", "window"}
)

# --- What is read of care. ---


class PatientRegistered(Fact):
    zone: str
    locale: str


class PatientDetailsChanged(Fact):
    locale: str | None = None


class PatientZoneChanged(Fact):
    zone: str


class TherapistRegistered(Fact):
    pass


class CareRelationshipBegan(Fact):
    patient_id: UUID
    therapist_id: UUID
    began_at: datetime


class CareRelationshipEnded(Fact):
    ended_at: datetime


class CareHandedOver(Fact):
    """Of the relationship that it ends; the other one begins in a stream of its own."""

    ended_at: datetime = Field(validation_alias="handed_over_at")


class SupervisionBegan(Fact):
    supervisor_id: UUID
    therapist_id: UUID
    began_at: datetime


class SupervisionEnded(Fact):
    ended_at: datetime


class StaffLeft(Fact):
    left_at: datetime


class StaffReturned(Fact):
    returned_at: datetime


class RecordsWindowSet(Fact):
    days: int


class SessionScheduled(Fact):
    patient_id: UUID
    therapist_id: UUID
    starts_at: datetime
    zone: str
    duration_min: int


class GroupSessionScheduled(Fact):
    """Of no one patient: it hinders the therapist who leads it alone."""

    therapist_id: UUID
    starts_at: datetime
    zone: str
    duration_min: int


class SessionRescheduled(Fact):
    starts_at: datetime
    zone: str
    duration_min: int


class SessionStarted(Fact):
    pass


class SessionEnded(Fact):
    pass


class SessionCancelled(Fact):
    pass


class SessionNoShowRecorded(Fact):
    pass


class SessionReinstated(Fact):
    pass


READS: dict[str, type[Fact]] = {
    "interlude.care.PatientRegistered.v1": PatientRegistered,
    "interlude.care.PatientDetailsChanged.v1": PatientDetailsChanged,
    "interlude.care.PatientZoneChanged.v1": PatientZoneChanged,
    "interlude.care.TherapistRegistered.v1": TherapistRegistered,
    "interlude.care.CareRelationshipBegan.v1": CareRelationshipBegan,
    "interlude.care.CareRelationshipEnded.v1": CareRelationshipEnded,
    "interlude.care.CareHandedOver.v1": CareHandedOver,
    "interlude.care.SupervisionBegan.v1": SupervisionBegan,
    "interlude.care.SupervisionEnded.v1": SupervisionEnded,
    "interlude.care.StaffLeft.v1": StaffLeft,
    "interlude.care.StaffReturned.v1": StaffReturned,
    "interlude.care.RecordsWindowSet.v1": RecordsWindowSet,
    "interlude.care.SessionScheduled.v1": SessionScheduled,
    "interlude.care.GroupSessionScheduled.v1": GroupSessionScheduled,
    "interlude.care.SessionRescheduled.v1": SessionRescheduled,
    "interlude.care.SessionStarted.v1": SessionStarted,
    "interlude.care.SessionEnded.v1": SessionEnded,
    "interlude.care.SessionCancelled.v1": SessionCancelled,
    "interlude.care.SessionNoShowRecorded.v1": SessionNoShowRecorded,
    "interlude.care.SessionReinstated.v1": SessionReinstated,
}

# --- What is kept. A row is written from one stream only; so `kind` is in the key of people: one id
# registered as both at the same moment must not make of a patient what they are not. ---

tables = MetaData()
_instant = DateTime(timezone=True)

people = Table(
    "known_people",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("zone", Text),
    Column("locale", Text),
)
relationships = Table(
    "known_relationships",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("relationship_id", Uuid, primary_key=True),
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("began_at", _instant),
    Column("ended_at", _instant),
    Index("known_relationships_of", "tenant_id", "therapist_id", "patient_id"),
)
supervisions = Table(
    "known_supervisions",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("supervision_id", Uuid, primary_key=True),
    Column("supervisor_id", Uuid),
    Column("therapist_id", Uuid),
    Column("began_at", _instant),
    Column("ended_at", _instant),
    Index("known_supervisions_of", "tenant_id", "supervisor_id", "therapist_id"),
)
departures = Table(
    "known_departures",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("left_at", _instant),
    Column("returned_at", _instant),
)
windows = Table(
    "known_windows",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("clinic_id", Uuid, primary_key=True),
    Column("days", Integer),
)
sessions = Table(
    "known_sessions",
    tables,
    Column("tenant_id", Uuid, primary_key=True),
    Column("session_id", Uuid, primary_key=True),
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("starts_at", _instant),
    Column("zone", Text),
    Column("duration_min", Integer),
    Column("status", Text),
    Index("known_sessions_of", "tenant_id", "patient_id", "therapist_id", "starts_at"),
)


_KIND: dict[type[Fact], str] = {
    PatientRegistered: "patient",
    PatientDetailsChanged: "patient",
    PatientZoneChanged: "patient",
    TherapistRegistered: "therapist",
}
STATUS_AFTER: dict[type[Fact], str] = {
    SessionStarted: "started",
    SessionEnded: "ended",
    SessionCancelled: "cancelled",
    SessionNoShowRecorded: "no_show",
    # What has begun cannot be off, so it stands where it stood before.
    SessionReinstated: "scheduled",
}


_KEPT = (people, relationships, supervisions, departures, windows, sessions)


def keep(db: Connection, events: Sequence[Recorded]) -> None:
    rows: dict[Table, list[Row]] = {table: [] for table in _KEPT}
    for recorded in events:
        if (fact := read_as(recorded, READS)) is not None:
            table, row = _kept(recorded, fact)
            rows[table].append(row)
    for table, written in rows.items():
        upsert(db, table, written)


def _kept(recorded: Recorded, fact: Fact) -> tuple[Table, Row]:
    match fact:
        case (
            PatientRegistered()
            | PatientDetailsChanged()
            | PatientZoneChanged()
            | TherapistRegistered()
        ):
            told = fact.model_dump(exclude_none=True)
            return _person(recorded, kind=_KIND[type(fact)], **told)
        case CareRelationshipBegan() | CareRelationshipEnded() | CareHandedOver():
            return _row(relationships, "relationship_id", recorded, **fact.model_dump())
        case SupervisionBegan() | SupervisionEnded():
            return _row(supervisions, "supervision_id", recorded, **fact.model_dump())
        case StaffLeft() | StaffReturned():
            back = {"returned_at": None, **fact.model_dump()}
            return _row(departures, "person_id", recorded, **back)
        case RecordsWindowSet():
            return _row(windows, "clinic_id", recorded, **fact.model_dump())
        case _:
            return _of_session(recorded, fact)


def _of_session(recorded: Recorded, fact: Fact) -> tuple[Table, Row]:
    match fact:
        case SessionScheduled() | GroupSessionScheduled():
            return _session(recorded, status="scheduled", **fact.model_dump())
        case SessionRescheduled():
            return _session(recorded, **fact.model_dump())
        case _:
            return _session(recorded, status=STATUS_AFTER[type(fact)])


def _person(recorded: Recorded, **columns: Any) -> tuple[Table, Row]:
    return _row(people, "person_id", recorded, **columns)


def _session(recorded: Recorded, **columns: Any) -> tuple[Table, Row]:
    return _row(sessions, "session_id", recorded, **columns)


def _row(table: Table, own: str, recorded: Recorded, **columns: Any) -> tuple[Table, Row]:
    return table, {"tenant_id": recorded.tenant_id, own: recorded.stream_uuid, **columns}
