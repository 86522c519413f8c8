"""Care over HTTP: who may register whom, begin what, and move which session."""

from http import HTTPStatus
from uuid import UUID

from libs.access.policy import NOBODY, Subject, grant
from libs.access.relationships import Relationships
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.privacy.keyring import Keyring
from libs.web.commands import Commands, Edge, Fields, Prepare, Preparing, Router
from services.care import view
from services.care.domain import (
    clinic,
    consent,
    patient,
    relationship,
    session,
    supervision,
    therapist,
)

Clinics = Desk[clinic.Command, clinic.State, clinic.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]
Patients = Desk[patient.Command, patient.State, patient.Event]
CareRelationships = Desk[relationship.Command, relationship.State, relationship.Event]
Supervisions = Desk[supervision.Command, supervision.State, supervision.Event]
Sessions = Desk[session.Command, session.State, session.Event]
Consents = Desk[consent.Command, consent.State, consent.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    clinic.NotThisTokensClinic,
    relationship.PatientIsTherapist,
    relationship.EndsBeforeItBegan,
    supervision.SupervisesThemselves,
    supervision.SupervisionEndsBeforeItBegan,
    session.TherapistNeeded,
    session.EndBeforeStart,
    consent.ConsentNotAttested,
)
STATUSES = dict.fromkeys(WRONG_CONTENT, HTTPStatus.UNPROCESSABLE_ENTITY)

OPERATOR = grant(operator="any")
REGISTRARS = grant(clinic_admin="clinic", integrator="clinic")
SCHEDULERS = grant(therapist="related", clinic_admin="clinic", integrator="clinic")
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
THEIRS = grant(patient="own", therapist="related")
THEIR_READERS = grant(patient="own", therapist="related", supervisor="supervised")
COLLEAGUES = grant(
    therapist="clinic", supervisor="clinic", clinic_admin="clinic", integrator="clinic"
)
EVERYBODY = grant(
    patient="clinic",
    therapist="clinic",
    supervisor="clinic",
    clinic_admin="clinic",
    integrator="clinic",
    operator="any",
)


def routes(
    edge: Edge,
    *,
    clinics: Clinics,
    therapists: Therapists,
    patients: Patients,
    relationships: CareRelationships,
    supervisions: Supervisions,
    sessions: Sessions,
    consents: Consents,
    keyring: Keyring,
) -> Router:
    return Router().take(
        _clinics(edge, clinics),
        _therapists(edge, therapists, clinics, keyring),
        _patients(edge, patients, clinics, keyring),
        _relationships(edge, relationships, therapists, patients),
        _supervisions(edge, supervisions, therapists),
        _sessions(edge, sessions, clinics),
        _consents(edge, consents, patients),
    )


def _clinics(edge: Edge, desk: Clinics) -> Router:
    on = Commands(edge, desk, subject=lambda _state: NOBODY)
    on.create(
        "/v1/clinics",
        clinic.RegisterClinic,
        operation="registerClinic",
        grant=OPERATOR,
        prepare=_tenant_of_token,
    )
    on.show(
        "/v1/clinics/{id}", view.ClinicView, view.of_clinic, operation="clinic", grant=EVERYBODY
    )
    return on.router


async def _tenant_of_token(preparing: Preparing) -> Fields:
    return {"tenant_id": preparing.principal.tenant_id}


def _therapists(edge: Edge, desk: Therapists, clinics: Clinics, keyring: Keyring) -> Router:
    async def with_keys(preparing: Preparing) -> Fields:
        await _clinic_of(preparing, clinics)
        await keyring.create_subject(preparing.principal.tenant_id, preparing.stream_uuid)
        return {}

    on = Commands(edge, desk, subject=_therapist)
    on.create(
        "/v1/therapists",
        therapist.RegisterTherapist,
        operation="registerTherapist",
        grant=REGISTRARS,
        prepare=with_keys,
    )
    on.show(
        "/v1/therapists/{id}",
        view.TherapistView,
        view.of_therapist,
        operation="therapist",
        grant=COLLEAGUES,
    )
    return on.router


def _patients(edge: Edge, desk: Patients, clinics: Clinics, keyring: Keyring) -> Router:
    async def with_keys(preparing: Preparing) -> Fields:
        home = await _clinic_of(preparing, clinics)
        await keyring.create_subject(preparing.principal.tenant_id, preparing.stream_uuid)
        return {"clinic_zone": home.zone, "clinic_locale": home.locale}

    on = Commands(edge, desk, subject=_patient)
    on.create(
        "/v1/patients",
        patient.RegisterPatient,
        operation="registerPatient",
        grant=REGISTRARS,
        prepare=with_keys,
    )
    on.show(
        "/v1/patients/{id}",
        view.PatientView,
        view.of_patient,
        operation="patient",
        grant=CONCERNED,
    )
    return on.router


def _relationships(
    edge: Edge, desk: CareRelationships, therapists: Therapists, patients: Patients
) -> Router:
    async def between_known_people(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        if await therapists.state(tenant, fields["therapist_id"]) is None:
            raise NotKnownYet
        if await patients.state(tenant, fields["patient_id"]) is None:
            raise NotKnownYet
        return {}

    on = Commands(edge, desk, subject=_pair)
    on.create(
        "/v1/care-relationships",
        relationship.BeginCareRelationship,
        operation="beginCareRelationship",
        grant=REGISTRARS,
        prepare=between_known_people,
    )
    on.act(
        "/v1/care-relationships/{id}/ends",
        relationship.EndCareRelationship,
        operation="endCareRelationship",
        grant=REGISTRARS,
    )
    on.show(
        "/v1/care-relationships/{id}",
        view.CareRelationshipView,
        view.of_relationship,
        operation="careRelationship",
        grant=PARTIES,
    )
    return on.router


def _supervisions(edge: Edge, desk: Supervisions, therapists: Therapists) -> Router:
    async def of_a_known_therapist(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        if await therapists.state(tenant, fields["therapist_id"]) is None:
            raise NotKnownYet
        return {}

    on = Commands(edge, desk, subject=_colleagues)
    on.create(
        "/v1/supervisions",
        supervision.BeginSupervision,
        operation="beginSupervision",
        grant=REGISTRARS,
        prepare=of_a_known_therapist,
    )
    on.act(
        "/v1/supervisions/{id}/ends",
        supervision.EndSupervision,
        operation="endSupervision",
        grant=REGISTRARS,
    )
    on.show(
        "/v1/supervisions/{id}",
        view.SupervisionView,
        view.of_supervision,
        operation="supervision",
        grant=COLLEAGUES_CONCERNED,
    )
    return on.router


def _sessions(edge: Edge, desk: Sessions, clinics: Clinics) -> Router:
    on = Commands(edge, desk, subject=_meeting)
    on.create(
        "/v1/sessions",
        session.ScheduleSession,
        operation="scheduleSession",
        grant=SCHEDULERS,
        prepare=_between_people_in_care(edge.known, clinics),
    )
    on.act(
        "/v1/sessions/{id}/reschedulings",
        session.RescheduleSession,
        operation="rescheduleSession",
        grant=SCHEDULERS,
    )
    on.act(
        "/v1/sessions/{id}/starts",
        session.StartSession,
        operation="startSession",
        grant=SCHEDULERS,
    )
    on.act("/v1/sessions/{id}/ends", session.EndSession, operation="endSession", grant=SCHEDULERS)
    on.show(
        "/v1/sessions/{id}",
        view.SessionView,
        view.of_session,
        operation="session",
        grant=CONCERNED,
    )
    return on.router


def _between_people_in_care(known: Relationships, clinics: Clinics) -> Prepare:
    async def prepare(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        therapist_id = session.therapist_of(fields["therapist_id"], preparing.told)
        if not await known.treats(tenant, therapist_id, fields["patient_id"]):
            raise NotKnownYet
        home = await _clinic_of(preparing, clinics)
        return {"clinic_duration_min": home.session_length_min}

    return prepare


def _consents(edge: Edge, desk: Consents, patients: Patients) -> Router:
    async def of_a_known_patient(preparing: Preparing) -> Fields:
        tenant, patient_id = preparing.principal.tenant_id, preparing.fields["patient_id"]
        if await patients.state(tenant, patient_id) is None:
            raise NotKnownYet
        return {}

    on = Commands(edge, desk, subject=_who_consents)
    on.create(
        "/v1/consents",
        consent.GiveConsent,
        operation="giveConsent",
        grant=THEIRS,
        stream_of=_consent,
        prepare=of_a_known_patient,
        patients_act=True,
    )
    on.act(
        "/v1/consents/{id}/withdrawals",
        consent.WithdrawConsent,
        operation="withdrawConsent",
        grant=THEIRS,
        patients_act=True,
    )
    on.show(
        "/v1/consents/{id}",
        view.ConsentView,
        view.of_consent,
        operation="consent",
        grant=THEIR_READERS,
    )
    return on.router


def _consent(fields: Fields) -> UUID:
    return consent.consent_of(fields["patient_id"], fields["scope"])


async def _clinic_of(preparing: Preparing, clinics: Clinics) -> clinic.ClinicRegistered:
    tenant = preparing.principal.tenant_id
    found = await clinics.state(tenant, tenant)
    return clinic.particulars(clinic.Unregistered() if found is None else found[0])


def _therapist(state: therapist.State) -> Subject:
    if isinstance(state, therapist.Unregistered):
        return NOBODY
    return Subject(therapist_id=state.therapist_id)


def _patient(state: patient.State) -> Subject:
    if isinstance(state, patient.Unregistered):
        return NOBODY
    return Subject(patient_id=state.patient_id)


def _pair(state: relationship.State) -> Subject:
    match state:
        case relationship.NotBegun():
            return NOBODY
        case relationship.Begun():
            return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)
        case relationship.Ended():
            return _pair(state.begun)


def _colleagues(state: supervision.State) -> Subject:
    match state:
        case supervision.NotBegun():
            return NOBODY
        case supervision.Begun():
            return Subject(therapist_id=state.therapist_id, supervisor_id=state.supervisor_id)
        case supervision.Ended():
            return _colleagues(state.begun)


def _meeting(state: session.State) -> Subject:
    if isinstance(state, session.Unscheduled):
        return NOBODY
    return Subject(patient_id=state.patient_id, therapist_id=state.therapist_id)


def _who_consents(state: consent.State) -> Subject:
    if isinstance(state, consent.NeverGiven):
        return NOBODY
    return Subject(patient_id=state.patient_id)
