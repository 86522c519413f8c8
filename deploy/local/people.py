"""The people of the demo clinic, as the development issuer knows them: ids and roles, no names."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from libs.eventstore.telling import Role

CLINIC = UUID("01990000-0000-7000-8000-00000000c001")


SCOPES = (
    "assignment/templates.read",
    "care/care-relationships.read",
    "care/care-relationships.write",
    "care/clinics.read",
    "care/group-sessions.write",
    "care/groups.read",
    "care/groups.write",
    "care/patients.read",
    "care/patients.write",
    "care/session-series.read",
    "care/session-series.write",
    "care/sessions.read",
    "care/sessions.write",
    "care/supervisions.read",
    "care/supervisions.write",
    "care/therapists.read",
    "care/therapists.write",
    "diary/entries.write",
)
"""All that an integrator may be given: what `openapi/access.md` opens to one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: UUID
    role: Role
    scope: str = ""


PEOPLE: Mapping[str, Person] = {
    "therapist": Person(id=UUID("01990000-0000-7000-8000-00000000a001"), role="therapist"),
    "patient": Person(id=UUID("01990000-0000-7000-8000-00000000b001"), role="patient"),
    # Of the same clinic, but without a relationship to the patient.
    "other_therapist": Person(id=UUID("01990000-0000-7000-8000-00000000a002"), role="therapist"),
    "supervisor": Person(id=UUID("01990000-0000-7000-8000-00000000a003"), role="supervisor"),
    "clinic_admin": Person(id=UUID("01990000-0000-7000-8000-00000000d001"), role="clinic_admin"),
    "integrator": Person(
        id=UUID("01990000-0000-7000-8000-00000000e001"),
        role="integrator",
        scope=" ".join(SCOPES),
    ),
    "analyst": Person(id=UUID("01990000-0000-7000-8000-00000000d002"), role="analyst"),
    "operator": Person(id=UUID("01990000-0000-7000-8000-00000000f001"), role="operator"),
}
"""By what they are called in run.json and at the token endpoint."""
