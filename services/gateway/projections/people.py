"""Who is who in a clinic: the clinic itself, its therapists and its patients."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, Float, Text

from libs.eventstore.recorded import Recorded
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, Json, table

people = table(
    "people",
    ["person_id"],
    Column("kind", Text, primary_key=True),
    Column("name", Json),
    Column("zone", Text),
    Column("locale", Text),
    Column("discharged_at", Instant),
    Column("died_on", Date),
)
"""`kind`: patient or therapist. Names are sealed. Care refuses one id for both, but two requests at
once may pass: then there are two rows, and neither overwrites the other.
"""

clinics = table(
    "clinics",
    ["clinic_id"],
    Column("name", Text),
    Column("zone", Text),
    Column("locale", Text),
    Column("low_confidence_threshold", Float),
    Column("crisis_texts", Json),
    Column("response_expectation", Text),
)

tables = (people, clinics)


class ClinicRegistered(Shape):
    clinic_id: UUID
    name: str
    zone: str
    locale: str
    low_confidence_threshold: float = 0.7


class CrisisText(Shape):
    locale: str
    text: str


class ClinicSettingsChanged(Shape):
    zone: str | None = None
    locale: str | None = None
    low_confidence_threshold: float | None = None
    crisis_texts: tuple[CrisisText, ...] | None = None
    response_expectation: str | None = None


class TherapistRegistered(Shape):
    therapist_id: UUID
    name: shapes.Text = None


class PatientRegistered(Shape):
    patient_id: UUID
    name: shapes.Text = None
    zone: str
    locale: str | None = None


class TherapistDetailsChanged(Shape):
    name: shapes.Text = None


class PatientDetailsChanged(Shape):
    name: shapes.Text = None
    locale: str | None = None


class PatientZoneChanged(Shape):
    zone: str


class PatientDischarged(Shape):
    discharged_at: datetime


class PatientReadmitted(Shape):
    pass


class PatientDied(Shape):
    died_on: date


class PatientDeathCorrected(Shape):
    pass


reads: Reads = {
    "interlude.care.ClinicRegistered.v1": ClinicRegistered,
    "interlude.care.TherapistRegistered.v1": TherapistRegistered,
    "interlude.care.PatientRegistered.v1": PatientRegistered,
    "interlude.care.ClinicSettingsChanged.v1": ClinicSettingsChanged,
    "interlude.care.TherapistDetailsChanged.v1": TherapistDetailsChanged,
    "interlude.care.PatientDetailsChanged.v1": PatientDetailsChanged,
    "interlude.care.PatientZoneChanged.v1": PatientZoneChanged,
    "interlude.care.PatientDischarged.v1": PatientDischarged,
    "interlude.care.PatientReadmitted.v1": PatientReadmitted,
    "interlude.care.PatientDied.v1": PatientDied,
    "interlude.care.PatientDeathCorrected.v1": PatientDeathCorrected,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    persons, of_clinics = Rows(people), Rows(clinics)
    for recorded, fact in facts_of(events, reads):
        where = recorded.tenant_id, recorded.stream_uuid
        match fact:
            case ClinicRegistered():
                of_clinics.set(*where, **fact.model_dump(exclude={"clinic_id"}))
            case ClinicSettingsChanged():
                of_clinics.set(*where, **fact.model_dump(exclude_none=True))
            case TherapistRegistered() | TherapistDetailsChanged():
                persons.set(*where, "therapist", name=fact.name)
            case _:
                persons.set(*where, "patient", **_of_patient(fact))
    persons.write(db)
    of_clinics.write(db)


def _of_patient(fact: Any) -> Mapping[str, Any]:
    """What of their row is so from now on."""
    match fact:
        case PatientRegistered():
            return {"name": fact.name, "zone": fact.zone, "locale": fact.locale}
        case PatientDetailsChanged():
            said = {"name": fact.name, "locale": fact.locale}
            return {column: value for column, value in said.items() if value is not None}
        case PatientReadmitted():
            return {"discharged_at": None}
        case PatientDeathCorrected():
            return {"died_on": None}
        case _:
            told: Mapping[str, Any] = fact.model_dump()
            return told
