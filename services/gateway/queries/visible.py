"""Who may see what, as SQL: therapists whom they treat, supervisors whom the therapists in their
supervision treat, patients themselves, others nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.access.principal import Principal
from libs.audit.record import Reason
from libs.eventstore.telling import Role

ROLES: Mapping[Reason, Role] = {
    "self": "patient",
    "treatment": "therapist",
    "supervision": "supervisor",
    "administration": "clinic_admin",
}
"""In which somebody sees what they see for this reason."""

AS_THERAPIST = "'therapist' = ANY($3)"

HAS_OPEN_RELATIONSHIP = """EXISTS (
    SELECT FROM relationships treats
    WHERE treats.tenant_id = $1 AND treats.therapist_id = $2
      AND treats.patient_id = {patient} AND treats.ended_at IS NULL
)"""

SUPERVISES = """EXISTS (
    SELECT FROM supervisions oversees JOIN relationships treats USING (tenant_id, therapist_id)
    WHERE oversees.tenant_id = $1 AND oversees.supervisor_id = $2 AND oversees.ended_at IS NULL
      AND treats.patient_id = {patient} AND treats.ended_at IS NULL
)"""


@dataclass(frozen=True, slots=True)
class Asker:
    """The first arguments of every statement."""

    tenant_id: UUID
    person_id: UUID
    roles: Sequence[str]
    as_patient: bool
    now: datetime

    @property
    def arguments(self) -> tuple[object, ...]:
        return self.tenant_id, self.person_id, self.roles, self.as_patient, self.now


def asker(principal: Principal, now: datetime) -> Asker:
    return Asker(
        principal.tenant_id,
        principal.person_id,
        sorted(principal.roles_here),
        "patient" in principal.roles_here,
        now,
    )


REASONS = f"""
SELECT * FROM (
    SELECT asked.patient_id, CASE
        WHEN $4 AND asked.patient_id = $2 THEN 'self'
        WHEN {AS_THERAPIST} AND {HAS_OPEN_RELATIONSHIP.format(patient="asked.patient_id")}
            THEN 'treatment'
        WHEN 'supervisor' = ANY($3) AND {SUPERVISES.format(patient="asked.patient_id")}
            THEN 'supervision' END AS reason
    FROM unnest($6::uuid[]) WITH ORDINALITY AS asked (patient_id, place) ORDER BY asked.place
) told WHERE told.reason IS NOT NULL"""  # noqa: S608 - SQL of ours
"""By which of these the one who asks may see each of several patients; the others are left out."""


def may_see(patient: str) -> str:
    """True where the one who asks may see facts about the patient in this column."""
    treats = HAS_OPEN_RELATIONSHIP.format(patient=patient)
    supervises = SUPERVISES.format(patient=patient)
    return (
        f"(($4 AND {patient} = $2) OR ({AS_THERAPIST} AND {treats})"
        f" OR ('supervisor' = ANY($3) AND {supervises}))"
    )


def shared(visibility: str, patient: str) -> str:
    """True for what is the patient's alone only when the patient asks."""
    return f"({visibility} = 'shared' OR ($4 AND {patient} = $2))"
