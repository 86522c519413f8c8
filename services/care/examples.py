"""The source's story, as care tells it: one realistic instance of every fact and request.

Tests and the contracts in openapi/ are made from these.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from libs.vocabulary.moment import LocalMoment
from libs.vocabulary.removal import removed
from services.care import people_examples
from services.care.domain.clinic import ClinicId, ClinicRegistered
from services.care.domain.consent import ConsentGiven, ConsentId, ConsentWithdrawn, consent_of
from services.care.domain.departure import PersonId, StaffLeft, StaffReturned
from services.care.domain.erasure_facts import (
    Confirmation,
    ErasureAnnounced,
    ErasureCertified,
    ErasureConfirmed,
    ErasureHeld,
    ErasureHoldEnded,
    ErasureReleased,
    ErasureRequested,
    ErasureWithdrawn,
    PatientErased,
)
from services.care.domain.erasure_policy import ErasurePolicySet
from services.care.domain.group import (
    FacilitatorAdded,
    FacilitatorRemoved,
    GroupCreated,
    MemberAdded,
    MemberRemoved,
)
from services.care.domain.patient import PatientId, PatientRegistered
from services.care.domain.private_text import PrivateTextErased
from services.care.domain.records_window import RecordsWindowSet
from services.care.domain.relationship import (
    CareRelationshipBegan,
    CareRelationshipEnded,
    RelationshipId,
)
from services.care.domain.series import SeriesEnded, SeriesScheduled, planned
from services.care.domain.session_facts import (
    GroupId,
    GroupSessionScheduled,
    SeriesId,
    SessionCancelled,
    SessionEnded,
    SessionId,
    SessionNoShowRecorded,
    SessionReinstated,
    SessionRescheduled,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.sharing_consent import SharingConsentGiven
from services.care.domain.supervision import (
    SupervisionBegan,
    SupervisionEnded,
    SupervisionId,
    SupervisorId,
)
from services.care.domain.therapist import TherapistId, TherapistRegistered
from services.care.domain.treatment_consent import TreatmentConsentGiven

CLINIC = ClinicId(UUID("00000000-0000-7000-8000-0000000000c1"))
THERAPIST = TherapistId(UUID("00000000-0000-7000-8000-0000000000a1"))
PATIENT = PatientId(UUID("00000000-0000-7000-8000-0000000000b1"))
SUPERVISOR = SupervisorId(UUID("00000000-0000-7000-8000-0000000000a3"))
SUPERVISION = SupervisionId(UUID("00000000-0000-7000-8000-0000000000d3"))
RELATIONSHIP = RelationshipId(UUID("00000000-0000-7000-8000-0000000000d1"))
SESSION = SessionId(UUID("00000000-0000-7000-8000-0000000000e1"))
SERIES = SeriesId(UUID("00000000-0000-7000-8000-0000000000e2"))
_WEEKLY = planned(
    SERIES,
    LocalMoment(local=datetime(2026, 3, 19, 16, 0), zone="Europe/London"),  # noqa: DTZ001 - by the wall clock
    every=1,
    count=3,
    until=None,
)
GROUP = GroupId(UUID("00000000-0000-7000-8000-0000000000e3"))
GROUP_SESSION = SessionId(UUID("00000000-0000-7000-8000-0000000000e5"))
LEAVER = PersonId(UUID("00000000-0000-7000-8000-0000000000a4"))
CONSENT = consent_of(PATIENT, "analytics")
TREATMENT_CONSENT = consent_of(PATIENT, "treatment")
SHARING_CONSENT = ConsentId(UUID("00000000-0000-7000-8000-000000000191"))

_RELEASED = datetime(2036, 8, 2, 10, 0, tzinfo=UTC)
_UNREADABLE = datetime(2036, 8, 2, 10, 1, 1, tzinfo=UTC)
_CONFIRMED = Confirmation(
    where="assignment",
    removed=tuple(removed({"answers": 0, "known_homework": 4, "known_people": 1})),
    confirmed_at=datetime(2036, 8, 2, 10, 0, 3, tzinfo=UTC),
)

FACTS: Sequence[object] = (
    ClinicRegistered(
        clinic_id=CLINIC,
        name="Riverside Psychology",
        zone="Europe/London",
        locale="en-GB",
        low_confidence_threshold=0.7,
        rationale_gate=False,
        session_length_min=50,
    ),
    TherapistRegistered(therapist_id=THERAPIST, name="Anna Keller"),
    PatientRegistered(
        patient_id=PATIENT, name="Masha Orlova", zone="Europe/London", locale="en-GB"
    ),
    CareRelationshipBegan(
        relationship_id=RELATIONSHIP,
        patient_id=PATIENT,
        therapist_id=THERAPIST,
        began_at=datetime(2026, 2, 12, 16, 0, tzinfo=UTC),
    ),
    GroupSessionScheduled(
        session_id=GROUP_SESSION,
        group_id=GROUP,
        therapist_id=THERAPIST,
        starts_at=datetime(2026, 3, 12, 18, 0, tzinfo=UTC),
        zone="Europe/London",
        duration_min=90,
        starts_local=datetime(2026, 3, 12, 18, 0),  # noqa: DTZ001 - by the wall clock
    ),
    SessionScheduled(
        session_id=SESSION,
        patient_id=PATIENT,
        therapist_id=THERAPIST,
        starts_at=datetime(2026, 2, 25, 16, 0, tzinfo=UTC),
        zone="Europe/London",
        duration_min=50,
        starts_local=datetime(2026, 2, 25, 16, 0),  # noqa: DTZ001 - by the wall clock
        series_id=SERIES,
    ),
    SessionRescheduled(
        starts_at=datetime(2026, 2, 26, 16, 0, tzinfo=UTC),
        zone="Europe/London",
        duration_min=50,
        starts_local=datetime(2026, 2, 26, 16, 0),  # noqa: DTZ001 - by the wall clock
    ),
    SessionCancelled(
        cancelled_by="patient",
        reason="illness",
        cancelled_at=datetime(2026, 2, 25, 9, 30, tzinfo=UTC),
    ),
    SessionReinstated(reinstated_at=datetime(2026, 2, 25, 12, 0, tzinfo=UTC)),
    SessionNoShowRecorded(noticed_at=datetime(2026, 2, 26, 16, 20, tzinfo=UTC)),
    SessionReinstated(reinstated_at=datetime(2026, 2, 26, 16, 25, tzinfo=UTC)),
    SessionStarted(started_at=datetime(2026, 2, 26, 16, 2, tzinfo=UTC)),
    SessionEnded(ended_at=datetime(2026, 2, 26, 16, 51, tzinfo=UTC)),
    SeriesScheduled(
        series_id=SERIES,
        patient_id=PATIENT,
        therapist_id=THERAPIST,
        zone="Europe/London",
        every_weeks=1,
        duration_min=50,
        sessions=tuple(_WEEKLY),
    ),
    SeriesEnded(
        session_ids=tuple(each.session_id for each in _WEEKLY),
        ended_by="patient",
        reason="other_commitment",
        ended_at=datetime(2026, 3, 27, 9, 0, tzinfo=UTC),
    ),
    GroupCreated(
        group_id=GROUP,
        name="Talking to people, Thursdays",
        late_joiners="from_now",
        created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    ),
    FacilitatorAdded(therapist_id=THERAPIST, added_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
    FacilitatorRemoved(therapist_id=THERAPIST, removed_at=datetime(2026, 6, 1, 9, 0, tzinfo=UTC)),
    MemberAdded(patient_id=PATIENT, joined_at=datetime(2026, 3, 5, 18, 0, tzinfo=UTC)),
    MemberRemoved(patient_id=PATIENT, left_at=datetime(2026, 5, 28, 18, 0, tzinfo=UTC)),
    TreatmentConsentGiven(
        consent_id=TREATMENT_CONSENT,
        patient_id=PATIENT,
        text_version="treatment-2026-01",
        given_by="therapist",
        attested="on_paper",
        given_at=datetime(2026, 2, 12, 16, 5, tzinfo=UTC),
    ),
    SharingConsentGiven(
        consent_id=SHARING_CONSENT,
        patient_id=PATIENT,
        shared_with="My sister Nina",
        relation="relative",
        what_for="What to do when I do not answer the telephone.",
        until=date(2026, 12, 31),
        text_version="sharing-2026-01",
        given_by="patient",
        given_at=datetime(2026, 2, 26, 16, 45, tzinfo=UTC),
    ),
    ConsentGiven(
        consent_id=CONSENT,
        patient_id=PATIENT,
        scope="analytics",
        purpose="service_evaluation",
        given_by="patient",
        given_at=datetime(2026, 2, 26, 16, 50, tzinfo=UTC),
    ),
    ConsentWithdrawn(
        consent_id=CONSENT,
        patient_id=PATIENT,
        scope="analytics",
        withdrawn_by="patient",
        withdrawn_at=datetime(2026, 4, 9, 18, 5, tzinfo=UTC),
    ),
    SupervisionBegan(
        supervision_id=SUPERVISION,
        supervisor_id=SUPERVISOR,
        therapist_id=THERAPIST,
        began_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    ),
    SupervisionEnded(ended_at=datetime(2026, 6, 26, 9, 0, tzinfo=UTC)),
    CareRelationshipEnded(
        ended_at=datetime(2026, 7, 2, 17, 0, tzinfo=UTC), reason="therapy_completed"
    ),
    StaffLeft(person_id=LEAVER, left_at=datetime(2026, 7, 31, 16, 0, tzinfo=UTC)),
    StaffReturned(returned_at=datetime(2026, 10, 1, 8, 0, tzinfo=UTC)),
    RecordsWindowSet(clinic_id=CLINIC, days=14),
    ErasurePolicySet(clinic_id=CLINIC, grace_days=30, retention_years=10),
    PrivateTextErased(patient_id=PATIENT, erased_at=datetime(2026, 7, 3, 8, 0, tzinfo=UTC)),
    ErasureRequested(
        patient_id=PATIENT,
        requested_by="patient",
        because="patients_wish",
        requested_at=datetime(2026, 7, 3, 8, 5, tzinfo=UTC),
    ),
    ErasureWithdrawn(withdrawn_by="patient", withdrawn_at=datetime(2026, 7, 4, 8, 0, tzinfo=UTC)),
    ErasureAnnounced(
        not_before=datetime(2026, 8, 5, 9, 0, tzinfo=UTC),
        announced_at=datetime(2026, 7, 6, 9, 0, tzinfo=UTC),
    ),
    ErasureHeld(
        reason="retention",
        until=datetime(2036, 7, 2, 17, 0, tzinfo=UTC),
        counted_from="last_contact",
        held_at=datetime(2026, 7, 6, 9, 1, tzinfo=UTC),
    ),
    ErasureHoldEnded(reason="retention", ended_at=datetime(2036, 8, 1, 9, 0, tzinfo=UTC)),
    ErasureReleased(patient_id=PATIENT, released_at=_RELEASED),
    PatientErased(
        patient_id=PATIENT,
        erased_at=datetime(2036, 8, 2, 10, 0, 1, tzinfo=UTC),
        unreadable_from=_UNREADABLE,
    ),
    ErasureConfirmed(patient_id=PATIENT, confirmation=_CONFIRMED),
    ErasureCertified(
        patient_id=PATIENT,
        destroyed=("clinical", "patient_private"),
        erased_at=datetime(2036, 8, 2, 10, 0, 1, tzinfo=UTC),
        unreadable_from=_UNREADABLE,
        confirmations=(_CONFIRMED,),
        certified_at=datetime(2036, 8, 2, 10, 0, 8, tzinfo=UTC),
    ),
    *people_examples.FACTS,
)

REQUESTS: Mapping[str, dict[str, Any]] = {
    "registerClinic": {
        "id": str(CLINIC),
        "name": "Riverside Psychology",
        "zone": "Europe/London",
        "locale": "en-GB",
        "low_confidence_threshold": 0.7,
        "rationale_gate": False,
        "session_length_min": 50,
    },
    "registerTherapist": {"id": str(THERAPIST), "name": "Anna Keller"},
    "registerPatient": {
        "id": str(PATIENT),
        "name": "Masha Orlova",
        "zone": "Europe/London",
        "locale": "en-GB",
    },
    "beginCareRelationship": {
        "id": str(RELATIONSHIP),
        "patient_id": str(PATIENT),
        "therapist_id": str(THERAPIST),
        "occurred_at": "2026-02-12T16:00:00Z",
    },
    "endCareRelationship": {
        "reason": "therapy_completed",
        "occurred_at": "2026-07-02T17:00:00Z",
    },
    "beginSupervision": {
        "id": str(SUPERVISION),
        "supervisor_id": str(SUPERVISOR),
        "therapist_id": str(THERAPIST),
        "occurred_at": "2026-01-05T09:00:00Z",
    },
    "endSupervision": {"occurred_at": "2026-06-26T09:00:00Z"},
    "scheduleSession": {
        "id": str(SESSION),
        "patient_id": str(PATIENT),
        "therapist_id": str(THERAPIST),
        "starts_at": {"local": "2026-02-25T16:00:00", "zone": "Europe/London"},
        "duration_min": 50,
    },
    "rescheduleSession": {
        "starts_at": {"local": "2026-02-26T16:00:00", "zone": "Europe/London"},
    },
    "cancelSession": {
        "cancelled_by": "patient",
        "reason": "illness",
        "occurred_at": "2026-02-25T09:30:00Z",
    },
    "recordNoShow": {"occurred_at": "2026-02-26T16:20:00Z"},
    "reinstateSession": {"occurred_at": "2026-02-26T16:25:00Z"},
    "scheduleSeries": {
        "id": str(SERIES),
        "patient_id": str(PATIENT),
        "therapist_id": str(THERAPIST),
        "starts_at": {"local": "2026-03-19T16:00:00", "zone": "Europe/London"},
        "every_weeks": 1,
        "count": 3,
    },
    "endSeries": {
        "ended_by": "patient",
        "reason": "other_commitment",
        "occurred_at": "2026-03-27T09:00:00Z",
    },
    "createGroup": {
        "id": str(GROUP),
        "name": "Talking to people, Thursdays",
        "late_joiners": "from_now",
        "therapist_id": str(THERAPIST),
        "occurred_at": "2026-03-02T09:00:00Z",
    },
    "addFacilitator": {"therapist_id": str(THERAPIST)},
    "removeFacilitator": {"therapist_id": str(THERAPIST)},
    "addMember": {"patient_id": str(PATIENT)},
    "removeMember": {"patient_id": str(PATIENT)},
    "scheduleGroupSession": {
        "id": str(GROUP_SESSION),
        "group_id": str(GROUP),
        "therapist_id": str(THERAPIST),
        "starts_at": {"local": "2026-03-12T18:00:00", "zone": "Europe/London"},
        "duration_min": 90,
    },
    "startSession": {"occurred_at": "2026-02-26T16:02:00Z"},
    "endSession": {"occurred_at": "2026-02-26T16:51:00Z"},
    "giveConsent": {
        "patient_id": str(PATIENT),
        "scope": "analytics",
        "purpose": "service_evaluation",
        "occurred_at": "2026-02-26T16:50:00Z",
    },
    "consentToTreatment": {
        "patient_id": str(PATIENT),
        "text_version": "treatment-2026-01",
        "occurred_at": "2026-02-12T16:05:00Z",
    },
    "consentToSharing": {
        "id": str(SHARING_CONSENT),
        "patient_id": str(PATIENT),
        "shared_with": "My sister Nina",
        "relation": "relative",
        "what_for": "What to do when I do not answer the telephone.",
        "until": "2026-12-31",
        "text_version": "sharing-2026-01",
        "occurred_at": "2026-02-26T16:45:00Z",
    },
    "withdrawConsent": {},
    "recordDeparture": {"person_id": str(LEAVER), "occurred_at": "2026-07-31T16:00:00Z"},
    "recordReturn": {"occurred_at": "2026-10-01T08:00:00Z"},
    "setRecordsWindow": {"clinic_id": str(CLINIC), "days": 14},
    "setErasurePolicy": {"clinic_id": str(CLINIC), "grace_days": 30, "retention_years": 10},
    "erasePrivateText": {"patient_id": str(PATIENT)},
    "requestErasure": {"patient_id": str(PATIENT)},
    "withdrawErasure": {},
    "announceErasure": {},
    "holdErasure": {
        "reason": "retention",
        "last_contact_at": "2026-07-02T17:00:00Z",
        "of_age_at": "2024-03-01T00:00:00Z",
    },
    "endErasureHold": {"reason": "retention"},
    "releaseErasure": {},
    "confirmErasure": {"removed": [{"what": "timeline", "count": 214}]},
    **people_examples.REQUESTS,
}
