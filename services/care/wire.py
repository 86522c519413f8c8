"""How care's facts look outside it: in the event table, on the broker, in openapi/.

Every name and field is a promise. To change one, publish a new version beside the old and read
the old through a named upcast.
"""

from datetime import datetime
from uuid import UUID

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.wire import Json, Wire
from libs.vocabulary.moment import in_zone
from services.care.domain import (
    clinic,
    consent,
    departure,
    erasure,
    erasure_facts,
    erasure_policy,
    erasure_rules,
    group,
    patient,
    patient_course,
    patient_details,
    private_text,
    records_window,
    relationship,
    session,
    session_facts,
    session_rules,
    supervision,
    therapist,
)
from services.care.domain import (
    series as session_series,
)
from services.care.domain.clinic_settings import ClinicSettingsChanged
from services.care.domain.identified import PatientIdentified, TherapistIdentified
from services.care.domain.sharing_consent import SharingConsentGiven
from services.care.domain.treatment_consent import TreatmentConsentGiven

clinics = Aggregate(
    category="clinic",
    decider=clinic.decider,
    wire=Wire[clinic.Event](
        {
            clinic.ClinicRegistered: "interlude.care.ClinicRegistered.v1",
            ClinicSettingsChanged: "interlude.care.ClinicSettingsChanged.v1",
        }
    ),
    subject=lambda _state: None,
)

therapists = Aggregate(
    category="therapist",
    decider=therapist.decider,
    wire=Wire[therapist.Event](
        {
            therapist.TherapistRegistered: "interlude.care.TherapistRegistered.v1",
            TherapistIdentified: "interlude.care.TherapistIdentified.v1",
            therapist.TherapistDetailsChanged: "interlude.care.TherapistDetailsChanged.v1",
        }
    ),
    subject=lambda state: state.therapist_id if isinstance(state, therapist.Registered) else None,
)

patients = Aggregate(
    category="patient",
    decider=patient.decider,
    wire=Wire[patient.Event](
        {
            patient.PatientRegistered: "interlude.care.PatientRegistered.v1",
            PatientIdentified: "interlude.care.PatientIdentified.v1",
            patient_details.PatientDetailsChanged: "interlude.care.PatientDetailsChanged.v1",
            patient_details.PatientZoneChanged: "interlude.care.PatientZoneChanged.v1",
            patient_course.PatientDischarged: "interlude.care.PatientDischarged.v1",
            patient_course.PatientReadmitted: "interlude.care.PatientReadmitted.v1",
            patient_course.PatientDied: "interlude.care.PatientDied.v1",
            patient_course.PatientDeathCorrected: "interlude.care.PatientDeathCorrected.v1",
        }
    ),
    subject=lambda state: state.patient_id if isinstance(state, patient.Registered) else None,
)


def _whose_relationship(state: relationship.State) -> UUID | None:
    match state:
        case relationship.NotBegun():
            return None
        case relationship.Begun():
            return state.patient_id
        case relationship.Ended():
            return state.begun.patient_id


relationships = Aggregate(
    category="relationship",
    decider=relationship.decider,
    wire=Wire[relationship.Event](
        {
            relationship.CareRelationshipBegan: "interlude.care.CareRelationshipBegan.v1",
            relationship.CareRelationshipEnded: "interlude.care.CareRelationshipEnded.v1",
            relationship.CareHandedOver: "interlude.care.CareHandedOver.v1",
        }
    ),
    subject=_whose_relationship,
)


supervisions = Aggregate(
    category="supervision",
    decider=supervision.decider,
    wire=Wire[supervision.Event](
        {
            supervision.SupervisionBegan: "interlude.care.SupervisionBegan.v1",
            supervision.SupervisionEnded: "interlude.care.SupervisionEnded.v1",
        }
    ),
    # Of colleagues, and of no patient.
    subject=lambda _state: None,
)


def _whose_session(state: session.State) -> UUID | None:
    return state.patient_id if isinstance(state, session.Scheduled) else None


def _local_time_was_left_out(v1: Json) -> Json:
    """People agree on a wall clock's time, and v1 kept only which instant that was by the rules of
    its day. Those rules are the best that is known of an old session.
    """
    starts_at = in_zone(datetime.fromisoformat(v1["starts_at"]), v1["zone"])
    return {**v1, "starts_local": starts_at.replace(tzinfo=None).isoformat()}


def _of_no_series(v2: Json) -> Json:
    """Sessions were agreed on one by one."""
    return v2


sessions = Aggregate(
    category="session",
    decider=session_rules.decider,
    wire=Wire[session_facts.Event](
        {
            session_facts.SessionScheduled: "interlude.care.SessionScheduled.v3",
            session_facts.GroupSessionScheduled: "interlude.care.GroupSessionScheduled.v1",
            session_facts.SessionRescheduled: "interlude.care.SessionRescheduled.v2",
            session_facts.SessionStarted: "interlude.care.SessionStarted.v1",
            session_facts.SessionEnded: "interlude.care.SessionEnded.v1",
            session_facts.SessionCancelled: "interlude.care.SessionCancelled.v1",
            session_facts.SessionNoShowRecorded: "interlude.care.SessionNoShowRecorded.v1",
            session_facts.SessionReinstated: "interlude.care.SessionReinstated.v1",
        },
        upcasts={
            "interlude.care.SessionScheduled.v1": (
                "interlude.care.SessionScheduled.v2",
                _local_time_was_left_out,
            ),
            "interlude.care.SessionScheduled.v2": (
                "interlude.care.SessionScheduled.v3",
                _of_no_series,
            ),
            "interlude.care.SessionRescheduled.v1": (
                "interlude.care.SessionRescheduled.v2",
                _local_time_was_left_out,
            ),
        },
    ),
    subject=_whose_session,
)


series = Aggregate(
    category="series",
    decider=session_series.decider,
    wire=Wire[session_series.Event](
        {
            session_series.SeriesScheduled: "interlude.care.SeriesScheduled.v1",
            session_series.SeriesEnded: "interlude.care.SeriesEnded.v1",
        }
    ),
    subject=lambda state: (
        None if isinstance(state, session_series.Unscheduled) else state.scheduled.patient_id
    ),
)


groups = Aggregate(
    category="group",
    decider=group.decider,
    wire=Wire[group.Event](
        {
            group.GroupCreated: "interlude.care.GroupCreated.v1",
            group.FacilitatorAdded: "interlude.care.FacilitatorAdded.v1",
            group.FacilitatorRemoved: "interlude.care.FacilitatorRemoved.v1",
            group.MemberAdded: "interlude.care.MemberAdded.v1",
            group.MemberRemoved: "interlude.care.MemberRemoved.v1",
        }
    ),
    # Of several patients, and so in nobody's timeline.
    subject=lambda _state: None,
)


def _whose_consent(state: consent.State) -> UUID | None:
    return None if isinstance(state, consent.NeverGiven) else state.patient_id


consents = Aggregate(
    category="consent",
    decider=consent.decider,
    wire=Wire[consent.Event](
        {
            consent.ConsentGiven: "interlude.care.ConsentGiven.v1",
            TreatmentConsentGiven: "interlude.care.TreatmentConsentGiven.v1",
            SharingConsentGiven: "interlude.care.SharingConsentGiven.v1",
            consent.ConsentWithdrawn: "interlude.care.ConsentWithdrawn.v1",
        }
    ),
    subject=_whose_consent,
)


departures = Aggregate(
    category="departure",
    decider=departure.decider,
    wire=Wire[departure.Event](
        {
            departure.StaffLeft: "interlude.care.StaffLeft.v1",
            departure.StaffReturned: "interlude.care.StaffReturned.v1",
        }
    ),
    # Of staff, and of no patient.
    subject=lambda _state: None,
)

records_windows = Aggregate(
    category="window",
    decider=records_window.decider,
    wire=Wire[records_window.Event](
        {records_window.RecordsWindowSet: "interlude.care.RecordsWindowSet.v1"}
    ),
    subject=lambda _state: None,
)


policies = Aggregate(
    category="policy",
    decider=erasure_policy.decider,
    wire=Wire[erasure_policy.Event](
        {erasure_policy.ErasurePolicySet: "interlude.care.ErasurePolicySet.v1"}
    ),
    # A clinic's, and of no patient.
    subject=lambda _state: None,
)


def _whose_erasure(state: erasure.State) -> UUID | None:
    return None if isinstance(state, erasure.NeverRequested) else state.patient_id


erasures = Aggregate(
    category="erasure",
    decider=erasure_rules.decider,
    wire=Wire[erasure_facts.Event](
        {
            erasure_facts.ErasureRequested: "interlude.care.ErasureRequested.v1",
            erasure_facts.ErasureAnnounced: "interlude.care.ErasureAnnounced.v1",
            erasure_facts.ErasureHeld: "interlude.care.ErasureHeld.v1",
            erasure_facts.ErasureHoldEnded: "interlude.care.ErasureHoldEnded.v1",
            erasure_facts.ErasureWithdrawn: "interlude.care.ErasureWithdrawn.v1",
            erasure_facts.ErasureReleased: "interlude.care.ErasureReleased.v1",
            erasure_facts.PatientErased: "interlude.care.PatientErased.v1",
            erasure_facts.ErasureConfirmed: "interlude.care.ErasureConfirmed.v1",
            erasure_facts.ErasureCertified: "interlude.care.ErasureCertified.v1",
        }
    ),
    subject=_whose_erasure,
)

private_texts = Aggregate(
    category="privacy",
    decider=private_text.decider,
    wire=Wire[private_text.Event](
        {private_text.PrivateTextErased: "interlude.care.PrivateTextErased.v1"}
    ),
    subject=lambda state: (
        state.patient_id if isinstance(state, private_text.ErasedBefore) else None
    ),
)
