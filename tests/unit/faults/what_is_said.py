"""What the facts of the clinic say, as JSON."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW
from tests.unit.faults.a_clean_run import SEALED, at

SESSION = UUID("00000000-0000-7000-8000-0000000000e2")
RUTH = UUID("00000000-0000-7000-8000-0000000000a3")
"""Supervises Anna."""
LEAVER = UUID("00000000-0000-7000-8000-0000000000a4")
"""Works here no more."""
GROUP = UUID("00000000-0000-7000-8000-0000000000e3")
SUPERVISION = UUID("00000000-0000-7000-8000-0000000000d3")
RELATIONSHIP = UUID("00000000-0000-7000-8000-0000000000d1")
CONSENT = UUID("00000000-0000-7000-8000-0000000000d2")
TEMPLATE = UUID("00000000-0000-7000-8000-0000000000d7")
MEETS = NOW + timedelta(days=3)
OF_TEN = {"min": 0, "max": 10}
PAIR = {"patient_id": str(MASHA), "therapist_id": str(ANNA)}

CLINIC_TOLD = {
    "clinic_id": str(CLINIC),
    "name": "Riverside Psychology",
    "zone": "Europe/London",
    "locale": "en-GB",
}
GROUP_TOLD: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("GroupCreated", {"name": "Thursdays", "late_joiners": "all", "created_at": at(NOW)}),
    ("FacilitatorAdded", {"therapist_id": str(ANNA), "added_at": at(NOW)}),
    ("FacilitatorAdded", {"therapist_id": str(RUTH), "added_at": at(NOW)}),
    ("FacilitatorRemoved", {"therapist_id": str(RUTH), "removed_at": at(NOW)}),
    ("MemberAdded", {"patient_id": str(MASHA), "joined_at": at(NOW)}),
    ("MemberRemoved", {"patient_id": str(MASHA), "left_at": at(NOW)}),
)
"""Masha was there once, and is not when it is given homework."""
FOR_THE_GROUP = {
    "group_id": str(GROUP),
    "therapist_id": str(ANNA),
    "title": SEALED,
    "due": {"kind": "next_session"},
    "issued_at": at(NOW),
}
PUBLISHED = {
    "template_id": str(TEMPLATE),
    "template_version": 1,
    "texts": [{"locale": "en", "title": "Say hello"}],
    "category": "other",
    "published_at": at(NOW),
}
PATIENT = {"name": SEALED, "zone": "Europe/London", "locale": "en-GB"}
LIVED: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("PatientRegistered", PATIENT),
    ("PatientDied", {"patient_id": str(LEV), "died_on": "2026-03-01"}),
)
"""What care tells of somebody who died."""
SUPERVISED = {"supervisor_id": str(RUTH), "therapist_id": str(ANNA), "began_at": at(NOW)}
ENTRY = {
    "worksheet": "interpersonal_practice",
    "definition_version": "1.0",
    "experienced_at": {"start": at(NOW), "end": at(NOW)},
    "zone": "Europe/London",
    "recording_mode": "in_the_moment",
    "source": "patient",
    "visibility": "shared",
    "answers": {"what_i_said": SEALED},
}


def consented(patient: UUID) -> Mapping[str, Any]:
    given = {"scope": "analytics", "purpose": "service_evaluation", "given_by": "patient"}
    return {"patient_id": str(patient), **given, "given_at": at(NOW)}


def withdrawn(patient: UUID) -> Mapping[str, Any]:
    ended = {"withdrawn_by": "patient", "withdrawn_at": at(NOW)}
    return {"patient_id": str(patient), "scope": "analytics", **ended}


def rated(rating: UUID) -> Mapping[str, Any]:
    return {
        "rating_id": str(rating),
        "confidence": {"value": 4, "scale": OF_TEN},
        "rated_by": "patient",
        "rated_at": at(NOW),
    }


def window(occurrence: UUID) -> Mapping[str, Any]:
    return {
        "id": str(occurrence),
        "local_date": "2026-03-03",
        "slot": "11:00",
        "opens_at": at(NOW),
        "zone": "Europe/London",
    }
