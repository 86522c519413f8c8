"""Who may do what at care, and whom each thing of care is about."""

from collections.abc import Mapping
from typing import Any

from libs.access.policy import NOBODY, Subject, grant
from libs.access.principal import Principal
from services.care.domain import (
    consent,
    erasure,
    patient,
    private_text,
    relationship,
    series,
    session,
    supervision,
    therapist,
)

OPERATOR = grant(operator="any")
REGISTRARS = grant(clinic_admin="clinic", integrator="clinic")
SCHEDULERS = grant(therapist="related", clinic_admin="clinic", integrator="clinic")
ENDERS = grant(therapist="related", clinic_admin="clinic", integrator="clinic", finishes=True)
"""A session that was held is a record of its therapist's until it has been said that it ended."""
PARTIES = grant(patient="own", therapist="related", clinic_admin="clinic", integrator="clinic")
CONCERNED = grant(
    patient="own",
    therapist="related",
    supervisor="supervised",
    clinic_admin="clinic",
    integrator="clinic",
)
COLLEAGUES_CONCERNED = grant(
    therapist="own", supervisor="own", clinic_admin="clinic", integrator="clinic"
)
ADMINS = grant(clinic_admin="clinic")
THOSE_WHO_RECORD = grant(therapist="clinic", clinic_admin="clinic")
THEIRS = grant(patient="own", therapist="related")
THEIR_READERS = grant(patient="own", therapist="related", supervisor="supervised")
COLLEAGUES = grant(
    therapist="clinic", supervisor="clinic", clinic_admin="clinic", integrator="clinic"
)
PATIENT_OR_CLINIC = grant(patient="own", clinic_admin="clinic")
PATIENT_ALONE = grant(patient="own")
PATIENT_OR_CLINIC_SEES = grant(patient="clinic", clinic_admin="clinic")
CLINIC_ALONE = grant(clinic_admin="clinic")
CONFIRMING = grant(integrator="clinic")
"""Besides with the scope `CONFIRMS`: who only registers and schedules confirms nothing."""
FACILITATORS = grant(therapist="facilitates", clinic_admin="clinic", integrator="clinic")
EVERYBODY = grant(
    patient="clinic",
    therapist="clinic",
    supervisor="clinic",
    clinic_admin="clinic",
    integrator="clinic",
    operator="any",
)


def therapist_of(state: therapist.State) -> Subject:
    if isinstance(state, therapist.Unregistered):
        return NOBODY
    return Subject(therapist_id=state.therapist_id)


def patient_of(state: patient.State) -> Subject:
    if isinstance(state, patient.Unregistered):
        return NOBODY
    return Subject(patient_id=state.patient_id)


async def who_is_registered(_principal: Principal, fields: Mapping[str, Any]) -> Subject:
    """Somebody new, and so about nobody but them."""
    return Subject(patient_id=fields["id"])


def pair_of(state: relationship.State) -> Subject:
    match state:
        case relationship.NotBegun():
            return NOBODY
        case relationship.Begun():
            return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)
        case relationship.Ended():
            return pair_of(state.begun)


def colleagues_of(state: supervision.State) -> Subject:
    match state:
        case supervision.NotBegun():
            return NOBODY
        case supervision.Begun():
            return Subject(therapist_id=state.therapist_id, supervisor_id=state.supervisor_id)
        case supervision.Ended():
            return colleagues_of(state.begun)


def meeting_of(state: session.State) -> Subject:
    if isinstance(state, session.Unscheduled):
        return NOBODY
    return Subject(
        patient_id=state.patient_id, therapist_id=state.therapist_id, group_id=state.group_id
    )


def series_of(state: series.State) -> Subject:
    if isinstance(state, series.Unscheduled):
        return NOBODY
    scheduled = state.scheduled
    return Subject(patient_id=scheduled.patient_id, therapist_id=scheduled.therapist_id)


def consent_of(state: consent.State) -> Subject:
    if isinstance(state, consent.NeverGiven):
        return NOBODY
    return Subject(patient_id=state.patient_id)


def erasure_of(state: erasure.State) -> Subject:
    if isinstance(state, erasure.NeverRequested):
        return NOBODY
    return Subject(patient_id=state.patient_id)


def private_text_of(state: private_text.State) -> Subject:
    if isinstance(state, private_text.NeverErased):
        return NOBODY
    return Subject(patient_id=state.patient_id)
