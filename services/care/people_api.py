"""What changes about people over HTTP: their names, where they live, discharge and death."""

from collections.abc import Sequence
from datetime import datetime

from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.vocabulary.moment import LocalMoment
from libs.web.commands import Commands, Edge, Preparing, Router
from services.care import access
from services.care.domain import patient, patient_course, therapist
from services.care.domain.patient_course import (
    CorrectDeath,
    DischargePatient,
    ReadmitPatient,
    RecordDeath,
)
from services.care.domain.patient_details import (
    ChangePatientDetails,
    ChangePatientZone,
    ZoneChangedSince,
)
from services.care.domain.therapist import ChangeTherapistDetails

Patients = Desk[patient.Command, patient.State, patient.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    ZoneChangedSince,
    patient_course.DischargedBeforeReadmitted,
    patient_course.ReadmittedBeforeDischarged,
    patient_course.DeathInTheFuture,
)


def routes(edge: Edge, patients: Patients, therapists: Therapists) -> Router:
    return Router().take(
        _details(edge, patients), _course(edge, patients), _therapists(edge, therapists)
    )


async def must_be_there(
    patients: Patients, preparing: Preparing, starts: Sequence[datetime]
) -> None:
    """Before sessions with them are scheduled, as of now. Raises `PatientHasDied`."""
    fields = preparing.fields
    found = await patients.state(preparing.principal.tenant_id, fields["patient_id"])
    if found is None or not isinstance(found[0], patient.Registered):
        return
    first: LocalMoment = fields["starts_at"]
    for starts_at in starts:
        patient_course.must_be_there(
            found[0].course,
            starts_at=starts_at,
            zone=first.zone,
            told_at=preparing.told.happened_at,
        )


def _details(edge: Edge, desk: Patients) -> Router:
    on = Commands(edge, desk, subject=access.patient_of)
    on.act(
        "/v1/patients/{id}/details",
        ChangePatientDetails,
        operation="changePatientDetails",
        grant=access.PARTIES,
    )
    on.act(
        "/v1/patients/{id}/zones",
        ChangePatientZone,
        operation="changePatientZone",
        grant=access.PARTIES,
    )
    return on.router


def _course(edge: Edge, desk: Patients) -> Router:
    on = Commands(edge, desk, subject=access.patient_of)
    on.act(
        "/v1/patients/{id}/discharges",
        DischargePatient,
        operation="dischargePatient",
        grant=access.SCHEDULERS,
    )
    on.act(
        "/v1/patients/{id}/readmissions",
        ReadmitPatient,
        operation="readmitPatient",
        grant=access.SCHEDULERS,
    )
    on.act(
        "/v1/patients/{id}/deaths",
        RecordDeath,
        operation="recordDeath",
        grant=access.SCHEDULERS,
    )
    on.act(
        "/v1/patients/{id}/death-corrections",
        CorrectDeath,
        operation="correctDeath",
        grant=access.SCHEDULERS,
    )
    return on.router


def _therapists(edge: Edge, desk: Therapists) -> Router:
    on = Commands(edge, desk, subject=access.therapist_of)
    on.act(
        "/v1/therapists/{id}/details",
        ChangeTherapistDetails,
        operation="changeTherapistDetails",
        grant=access.REGISTRARS,
    )
    return on.router
