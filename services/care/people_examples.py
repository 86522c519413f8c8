"""What changes about the clinic and the people of the story, later on: one instance of each fact
and request. What they are called and when is no part of the source.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.care.domain.clinic_settings import ClinicSettingsChanged, CrisisText
from services.care.domain.identified import PatientIdentified, TherapistIdentified
from services.care.domain.patient import PatientId
from services.care.domain.patient_course import (
    AssignmentId,
    PatientDeathCorrected,
    PatientDied,
    PatientDischarged,
    PatientReadmitted,
    Settled,
)
from services.care.domain.patient_details import PatientDetailsChanged, PatientZoneChanged
from services.care.domain.relationship import CareHandedOver, RelationshipId
from services.care.domain.therapist import TherapistDetailsChanged, TherapistId

_THERAPIST = TherapistId(UUID("00000000-0000-7000-8000-0000000000a1"))
_SUCCESSOR = TherapistId(UUID("00000000-0000-7000-8000-0000000000a2"))
_PATIENT = PatientId(UUID("00000000-0000-7000-8000-0000000000b1"))
_RELATIONSHIP = RelationshipId(UUID("00000000-0000-7000-8000-0000000000d1"))
_NEXT_RELATIONSHIP = RelationshipId(UUID("00000000-0000-7000-8000-0000000000d2"))
_LARRY = AssignmentId(UUID("00000000-0000-7000-8000-0000000000f1"))

_IN_AN_EMERGENCY = "If you are in danger, call 999. The Samaritans listen day and night: 116 123."
_IN_SPANISH = "Si corre peligro, llame al 112. En el 024 escuchan de día y de noche."
_READ_WHEN = "We read what you write on working days, and never at once."

FACTS: Sequence[object] = (
    ClinicSettingsChanged(
        low_confidence_threshold=0.6,
        rationale_gate=True,
        crisis_texts=(
            CrisisText(locale="en-GB", text=_IN_AN_EMERGENCY),
            CrisisText(locale="es-ES", text=_IN_SPANISH),
        ),
        response_expectation=_READ_WHEN,
        changed_at=datetime(2026, 2, 2, 9, 0, tzinfo=UTC),
    ),
    TherapistDetailsChanged(
        name="Anna Keller-Brandt", changed_at=datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    ),
    TherapistIdentified(
        system="https://staff.riverside.example/numbers",
        value="T-0042",
        identified_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    ),
    PatientIdentified(
        system="urn:oid:2.16.840.1.113883.2.1.4.1",
        value="943 476 5919",
        identified_at=datetime(2026, 2, 12, 15, 30, tzinfo=UTC),
    ),
    PatientDetailsChanged(
        name="Masha Orlova-Reid",
        locale="es-ES",
        changed_at=datetime(2026, 6, 8, 10, 0, tzinfo=UTC),
    ),
    PatientZoneChanged(
        zone="Europe/Madrid",
        changed_at=datetime(2026, 6, 12, 14, 30, tzinfo=UTC),
        reason="travelling",
    ),
    PatientDischarged(
        discharged_at=datetime(2026, 7, 2, 17, 0, tzinfo=UTC),
        reason="therapy_completed",
        assignments=(Settled(assignment_id=_LARRY, outcome="self_directed"),),
    ),
    PatientReadmitted(readmitted_at=datetime(2026, 9, 7, 9, 0, tzinfo=UTC)),
    PatientDied(died_on=date(2026, 9, 21)),
    PatientDeathCorrected(corrected_at=datetime(2026, 9, 23, 8, 15, tzinfo=UTC)),
    CareHandedOver(
        relationship_id=_RELATIONSHIP,
        to_relationship_id=_NEXT_RELATIONSHIP,
        from_therapist_id=_THERAPIST,
        to_therapist_id=_SUCCESSOR,
        patient_id=_PATIENT,
        handed_over_at=datetime(2026, 7, 31, 16, 0, tzinfo=UTC),
        reason="therapist_left",
    ),
)

REQUESTS: Mapping[str, dict[str, Any]] = {
    "changeClinicSettings": {
        "low_confidence_threshold": 0.6,
        "crisis_texts": [
            {"locale": "en-GB", "text": _IN_AN_EMERGENCY},
            {"locale": "es-ES", "text": _IN_SPANISH},
        ],
        "response_expectation": _READ_WHEN,
    },
    "changeTherapistDetails": {"name": "Anna Keller-Brandt"},
    "identifyTherapist": {"system": "https://staff.riverside.example/numbers", "value": "T-0042"},
    "identifyPatient": {
        "system": "urn:oid:2.16.840.1.113883.2.1.4.1",
        "value": "943 476 5919",
    },
    "upsertTherapist": {"name": "Anna Keller"},
    "upsertPatient": {"name": "Masha Orlova", "zone": "Europe/London", "locale": "en-GB"},
    "changePatientDetails": {"name": "Masha Orlova-Reid", "locale": "es-ES"},
    "changePatientZone": {
        "zone": "Europe/Madrid",
        "reason": "travelling",
        "occurred_at": "2026-06-12T14:30:00Z",
    },
    "dischargePatient": {
        "reason": "therapy_completed",
        "assignments": [{"assignment_id": str(_LARRY), "outcome": "self_directed"}],
        "occurred_at": "2026-07-02T17:00:00Z",
    },
    "readmitPatient": {"occurred_at": "2026-09-07T09:00:00Z"},
    "recordDeath": {"died_on": "2026-09-21"},
    "correctDeath": {},
    "handOverCare": {
        "to_relationship_id": str(_NEXT_RELATIONSHIP),
        "to_therapist_id": str(_SUCCESSOR),
        "reason": "therapist_left",
        "occurred_at": "2026-07-31T16:00:00Z",
    },
}
