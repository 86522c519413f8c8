"""Who is who in a clinic: the clinic itself, its therapists and its patients."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column, Connection, Float, Text

from libs.eventstore.recorded import Recorded
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Json, table

people = table(
    "people",
    ["person_id"],
    Column("kind", Text, primary_key=True),
    Column("name", Json),
    Column("zone", Text),
    Column("locale", Text),
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
)

tables = (people, clinics)


class ClinicRegistered(Shape):
    clinic_id: UUID
    name: str
    zone: str
    locale: str
    low_confidence_threshold: float = 0.7


class TherapistRegistered(Shape):
    therapist_id: UUID
    name: shapes.Text = None


class PatientRegistered(Shape):
    patient_id: UUID
    name: shapes.Text = None
    zone: str
    locale: str | None = None


reads: Reads = {
    "interlude.care.ClinicRegistered.v1": ClinicRegistered,
    "interlude.care.TherapistRegistered.v1": TherapistRegistered,
    "interlude.care.PatientRegistered.v1": PatientRegistered,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    persons, of_clinics = Rows(people), Rows(clinics)
    for recorded, fact in facts_of(events, reads):
        tenant = recorded.tenant_id
        match fact:
            case ClinicRegistered():
                of_clinics.set(
                    tenant,
                    fact.clinic_id,
                    name=fact.name,
                    zone=fact.zone,
                    locale=fact.locale,
                    low_confidence_threshold=fact.low_confidence_threshold,
                )
            case TherapistRegistered():
                persons.set(tenant, fact.therapist_id, "therapist", name=fact.name)
            case PatientRegistered():
                persons.set(
                    tenant,
                    fact.patient_id,
                    "patient",
                    name=fact.name,
                    zone=fact.zone,
                    locale=fact.locale,
                )
    persons.write(db)
    of_clinics.write(db)
