"""What passes of care's facts: when sessions are, never who meets."""

from collections.abc import Mapping

from services.gateway.analytics.decided.common import (
    CLOCK_TIME,
    ERASING,
    IN_THE_KEY,
    NUMBER,
    ONLY_ITS_OWN,
    PARTY,
    PLACE_ON_EARTH,
    PSEUDONYM,
    THIRD_PARTY,
    TOLD_BY_DAYS,
)
from services.gateway.analytics.passing import (
    Day,
    Decision,
    Each,
    Ends,
    LeftOut,
    Passes,
    Stays,
    Within,
    codes,
)

_SCOPE = codes("analytics", "treatment", "sharing", "research")

DECIDED: Mapping[str, Decision] = {
    "interlude.care.ClinicRegistered.v1": Stays("no patient's"),
    "interlude.care.ClinicSettingsChanged.v1": Stays("no patient's"),
    "interlude.care.TherapistRegistered.v1": Stays("no patient's"),
    "interlude.care.TherapistDetailsChanged.v1": Stays("no patient's"),
    "interlude.care.PatientRegistered.v1": Stays("a name, and where somebody lives"),
    "interlude.care.TherapistIdentified.v1": Stays("no patient's"),
    "interlude.care.PatientIdentified.v1": Stays("a number that leads to somebody"),
    "interlude.care.PatientDetailsChanged.v1": Stays("a name, and a language"),
    "interlude.care.PatientZoneChanged.v1": Stays("where somebody lives"),
    "interlude.care.PatientDischarged.v1": Passes(
        fields={
            "discharged_at": TOLD_BY_DAYS,
            "reason": codes("therapy_completed", "patient_left", "referred", "moved_away", "other"),
            "assignments": Each(
                Within(
                    {
                        "assignment_id": PSEUDONYM,
                        "outcome": codes("completed", "discontinued", "self_directed"),
                    }
                )
            ),
        }
    ),
    "interlude.care.PatientReadmitted.v1": Passes(fields={"readmitted_at": TOLD_BY_DAYS}),
    "interlude.care.PatientDied.v1": Stays("too few not to be known by it"),
    "interlude.care.PatientDeathCorrected.v1": Stays("too few not to be known by it"),
    "interlude.care.CareHandedOver.v1": Passes(
        fields={
            "relationship_id": ONLY_ITS_OWN,
            "to_relationship_id": ONLY_ITS_OWN,
            "from_therapist_id": THIRD_PARTY,
            "to_therapist_id": THIRD_PARTY,
            "patient_id": IN_THE_KEY,
            "handed_over_at": TOLD_BY_DAYS,
            "reason": codes(
                "therapist_left", "therapist_absent", "patient_asked", "expertise", "other"
            ),
        }
    ),
    "interlude.care.CareRelationshipBegan.v1": Passes(
        fields={
            "relationship_id": ONLY_ITS_OWN,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
            "began_at": TOLD_BY_DAYS,
        }
    ),
    "interlude.care.SupervisionBegan.v1": Stays("no patient's"),
    "interlude.care.SupervisionEnded.v1": Stays("no patient's"),
    "interlude.care.StaffLeft.v1": Stays("no patient's"),
    "interlude.care.StaffReturned.v1": Stays("no patient's"),
    "interlude.care.RecordsWindowSet.v1": Stays("no patient's"),
    "interlude.care.CareRelationshipEnded.v1": Passes(
        fields={
            "ended_at": TOLD_BY_DAYS,
            "reason": codes(
                "therapy_completed", "handed_over", "therapist_left", "patient_left", "other"
            ),
        }
    ),
    "interlude.care.SessionScheduled.v1": Passes(
        about="schedule",
        fields={
            "session_id": PSEUDONYM,
            "patient_id": IN_THE_KEY,
            "therapist_id": THIRD_PARTY,
            "starts_at": Day("starts_day"),
            "starts_local": CLOCK_TIME,
            "zone": PLACE_ON_EARTH,
            "duration_min": NUMBER,
            "series_id": LeftOut("who meets by agreement for long is told by the sessions"),
        },
    ),
    "interlude.care.GroupSessionScheduled.v1": Stays("no one patient's"),
    "interlude.care.SeriesScheduled.v1": Stays("each of its sessions passes by itself"),
    "interlude.care.SeriesEnded.v1": Stays("each session that it cancels passes by itself"),
    "interlude.care.SessionRescheduled.v1": Passes(
        about="schedule",
        fields={
            "starts_at": Day("starts_day"),
            "starts_local": CLOCK_TIME,
            "zone": PLACE_ON_EARTH,
            "duration_min": NUMBER,
        },
    ),
    "interlude.care.SessionStarted.v1": Passes(fields={"started_at": Day("started_day")}),
    "interlude.care.SessionEnded.v1": Passes(fields={"ended_at": Day("ended_day")}),
    "interlude.care.SessionCancelled.v1": Passes(
        fields={
            "cancelled_by": codes("patient", "therapist", "clinic"),
            "reason": codes("illness", "holiday", "emergency", "other_commitment", "other"),
            "cancelled_at": Day("cancelled_day"),
        }
    ),
    "interlude.care.SessionNoShowRecorded.v1": Passes(fields={"noticed_at": Day("noticed_day")}),
    "interlude.care.SessionReinstated.v1": Passes(fields={"reinstated_at": Day("reinstated_day")}),
    "interlude.care.GroupCreated.v1": Stays("no patient's"),
    "interlude.care.FacilitatorAdded.v1": Stays("no patient's"),
    "interlude.care.FacilitatorRemoved.v1": Stays("no patient's"),
    "interlude.care.MemberAdded.v1": Stays("says with whom somebody meets"),
    "interlude.care.MemberRemoved.v1": Stays("says with whom somebody met"),
    "interlude.care.ConsentGiven.v1": Passes(
        fields={
            "consent_id": ONLY_ITS_OWN,
            "patient_id": IN_THE_KEY,
            "scope": _SCOPE,
            "purpose": codes("service_evaluation", "quality_improvement"),
            "given_by": PARTY,
            "given_at": TOLD_BY_DAYS,
        }
    ),
    "interlude.care.TreatmentConsentGiven.v1": Stays("what somebody agreed to, not how they do"),
    "interlude.care.SharingConsentGiven.v1": Stays("names a third person"),
    "interlude.care.ConsentWithdrawn.v1": Ends(),
    "interlude.care.ErasurePolicySet.v1": Stays("no patient's"),
    "interlude.care.PrivateTextErased.v1": Stays(ERASING),
    "interlude.care.ErasureRequested.v1": Stays(ERASING),
    "interlude.care.ErasureAnnounced.v1": Stays(ERASING),
    "interlude.care.ErasureHeld.v1": Stays(ERASING),
    "interlude.care.ErasureHoldEnded.v1": Stays(ERASING),
    "interlude.care.ErasureWithdrawn.v1": Stays(ERASING),
    "interlude.care.ErasureReleased.v1": Stays(ERASING),
    "interlude.care.PatientErased.v1": Stays("consumers are told to forget, as at a withdrawal"),
    "interlude.care.ErasureConfirmed.v1": Stays(ERASING),
    "interlude.care.ErasureCertified.v1": Stays(ERASING),
}
