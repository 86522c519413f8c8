"""Care over HTTP: registering people, beginning and ending what is between them, and sessions."""

from functools import partial
from http import HTTPStatus

from libs.access.identifying import Identifiers
from libs.access.policy import NOBODY
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.privacy.keyring import Keyring
from libs.web.commands import Commands, Edge, Fields, Prepare, Preparing, Router
from services.care import (
    access,
    consent_api,
    erasing_api,
    groups_api,
    handing_over_api,
    identifying,
    leaving,
    patient_view,
    people_api,
    series_api,
    sessions_api,
    settings_api,
    supervising,
    view,
)
from services.care.agenda import Agenda
from services.care.consent_api import Consents, Patients
from services.care.domain import (
    clinic,
    departure,
    patient,
    relationship,
    supervision,
    therapist,
)
from services.care.domain.clinic_settings import Settings
from services.care.erasing_api import Erasing

Clinics = Desk[clinic.Command, clinic.State, clinic.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]
CareRelationships = Desk[relationship.Command, relationship.State, relationship.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    clinic.NotThisTokensClinic,
    relationship.PatientIsTherapist,
    relationship.EndsBeforeItBegan,
    supervision.SupervisesThemselves,
    supervision.SupervisionEndsBeforeItBegan,
    departure.OwnDeparture,
    departure.LeftBeforeTheyReturned,
    departure.ReturnedBeforeTheyLeft,
    *consent_api.WRONG_CONTENT,
    *sessions_api.WRONG_CONTENT,
    *series_api.WRONG_CONTENT,
    *erasing_api.WRONG_CONTENT,
    *settings_api.WRONG_CONTENT,
    *people_api.WRONG_CONTENT,
    *handing_over_api.WRONG_CONTENT,
)
STATUSES = dict.fromkeys(WRONG_CONTENT, HTTPStatus.UNPROCESSABLE_ENTITY)


def routes(
    edge: Edge,
    *,
    clinics: Clinics,
    therapists: Therapists,
    patients: Patients,
    relationships: CareRelationships,
    supervisions: supervising.Supervisions,
    sessions: sessions_api.Sessions,
    series: series_api.Series,
    agenda: Agenda,
    groups: groups_api.Groups,
    consents: Consents,
    departures: leaving.Departures,
    records_windows: leaving.RecordsWindows,
    erasing: Erasing,
    identifiers: Identifiers,
    keyring: Keyring,
) -> Router:
    meetings = sessions_api.LookUp(
        sessions=sessions,
        known=edge.known,
        clinic_of=partial(_clinic_of, clinics=clinics),
        consents=consents,
        patients=patients,
        agenda=agenda,
    )
    everything = Router().take(
        _clinics(edge, clinics),
        _therapists(edge, therapists, patients, clinics, keyring),
        _patients(edge, patients, therapists, clinics, keyring),
        _relationships(edge, relationships, therapists, patients, departures),
        supervising.routes(edge, supervisions=supervisions, therapists=therapists),
        settings_api.routes(edge, clinics),
        people_api.routes(edge, patients, therapists),
        handing_over_api.routes(edge, relationships, therapists, departures),
        sessions_api.routes(edge, sessions, meetings),
        series_api.routes(edge, series, meetings),
        groups_api.routes(edge, groups, therapists=therapists, departures=departures),
        consent_api.routes(edge, consents, patients),
        leaving.routes(
            edge,
            departures=departures,
            records_windows=records_windows,
            in_a_clinic=_in_a_clinic(clinics),
        ),
        erasing_api.routes(edge, erasing, patients, keyring),
    )
    return identifying.routes(edge, patients, therapists, identifiers, everything)


def _clinics(edge: Edge, desk: Clinics) -> Router:
    on = Commands(edge, desk, subject=lambda _state: NOBODY)
    on.create(
        "/v1/clinics",
        clinic.RegisterClinic,
        operation="registerClinic",
        grant=access.OPERATOR,
        prepare=_tenant_of_token,
    )
    on.show(
        "/v1/clinics/{id}",
        view.ClinicView,
        view.of_clinic,
        operation="clinic",
        grant=access.EVERYBODY,
    )
    return on.router


async def _tenant_of_token(preparing: Preparing) -> Fields:
    return {"tenant_id": preparing.principal.tenant_id}


def _therapists(
    edge: Edge, desk: Therapists, patients: Patients, clinics: Clinics, keyring: Keyring
) -> Router:
    async def with_keys(preparing: Preparing) -> Fields:
        tenant, person = preparing.principal.tenant_id, preparing.stream_uuid
        await _clinic_of(preparing, clinics)
        if await patients.state(tenant, person) is not None:
            raise therapist.RegisteredAsPatient
        await keyring.create_subject(tenant, person)
        return {}

    on = Commands(edge, desk, subject=access.therapist_of)
    on.create(
        "/v1/therapists",
        therapist.RegisterTherapist,
        operation="registerTherapist",
        grant=access.REGISTRARS,
        prepare=with_keys,
    )
    on.show(
        "/v1/therapists/{id}",
        view.TherapistView,
        view.of_therapist,
        operation="therapist",
        grant=access.COLLEAGUES,
    )
    return on.router


def _patients(
    edge: Edge, desk: Patients, therapists: Therapists, clinics: Clinics, keyring: Keyring
) -> Router:
    async def with_keys(preparing: Preparing) -> Fields:
        tenant, person = preparing.principal.tenant_id, preparing.stream_uuid
        home = await _clinic_of(preparing, clinics)
        if await therapists.state(tenant, person) is not None:
            raise patient.RegisteredAsTherapist
        await keyring.create_subject(tenant, person)
        # Told again it is as it was told, wherever the clinic is by now.
        there = await desk.state(tenant, person)
        usual = home if there is None or isinstance(there[0], patient.Unregistered) else there[0]
        return {"clinic_zone": usual.zone, "clinic_locale": usual.locale}

    on = Commands(edge, desk, subject=access.patient_of)
    on.create(
        "/v1/patients",
        patient.RegisterPatient,
        operation="registerPatient",
        grant=access.REGISTRARS,
        about=access.who_is_registered,
        prepare=with_keys,
    )
    on.show(
        "/v1/patients/{id}",
        patient_view.PatientView,
        patient_view.of_patient,
        operation="patient",
        grant=access.CONCERNED,
    )
    return on.router


def _relationships(
    edge: Edge,
    desk: CareRelationships,
    therapists: Therapists,
    patients: Patients,
    departures: leaving.Departures,
) -> Router:
    async def between_known_people(preparing: Preparing) -> Fields:
        tenant, fields = preparing.principal.tenant_id, preparing.fields
        if await therapists.state(tenant, fields["therapist_id"]) is None:
            raise NotKnownYet
        if await patients.state(tenant, fields["patient_id"]) is None:
            raise NotKnownYet
        if await leaving.has_left(departures, tenant, fields["therapist_id"]):
            raise relationship.TherapistHasLeft
        return {}

    on = Commands(edge, desk, subject=access.pair_of)
    on.create(
        "/v1/care-relationships",
        relationship.BeginCareRelationship,
        operation="beginCareRelationship",
        grant=access.REGISTRARS,
        prepare=between_known_people,
    )
    on.act(
        "/v1/care-relationships/{id}/ends",
        relationship.EndCareRelationship,
        operation="endCareRelationship",
        grant=access.REGISTRARS,
    )
    on.show(
        "/v1/care-relationships/{id}",
        view.CareRelationshipView,
        view.of_relationship,
        operation="careRelationship",
        grant=access.PARTIES,
    )
    return on.router


def _in_a_clinic(clinics: Clinics) -> Prepare:
    async def prepare(preparing: Preparing) -> Fields:
        await _clinic_of(preparing, clinics)
        return {}

    return prepare


async def _clinic_of(preparing: Preparing, clinics: Clinics) -> Settings:
    tenant = preparing.principal.tenant_id
    found = await clinics.state(tenant, tenant)
    return clinic.particulars(clinic.Unregistered() if found is None else found[0])
