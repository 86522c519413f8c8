"""Consents over HTTP: to be counted, to be treated, to sharing with somebody named."""

from uuid import UUID

from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import access, consent_view
from services.care.domain import consent, patient
from services.care.domain.sharing_consent import (
    ConsentIdDerived,
    ConsentToSharing,
    SharingEndsBeforeItBegins,
)
from services.care.domain.treatment_consent import ConsentToTreatment

Consents = Desk[consent.Command, consent.State, consent.Event]
Patients = Desk[patient.Command, patient.State, patient.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    consent.ConsentNotAttested,
    ConsentIdDerived,
    SharingEndsBeforeItBegins,
)


def routes(edge: Edge, desk: Consents, patients: Patients) -> Router:
    async def of_a_known_patient(preparing: Preparing) -> Fields:
        tenant, patient_id = preparing.principal.tenant_id, preparing.fields["patient_id"]
        if await patients.state(tenant, patient_id) is None:
            raise NotKnownYet
        return {}

    on = Commands(edge, desk, subject=access.consent_of)
    on.create(
        "/v1/consents",
        consent.GiveConsent,
        operation="giveConsent",
        grant=access.THEIRS,
        stream_of=_consent,
        prepare=of_a_known_patient,
        patients_act=True,
    )
    on.create(
        "/v1/treatment-consents",
        ConsentToTreatment,
        operation="consentToTreatment",
        grant=access.THEIRS,
        stream_of=treatment_consent_of,
        location="/v1/consents/{id}",
        prepare=of_a_known_patient,
        patients_act=True,
    )
    on.create(
        "/v1/sharing-consents",
        ConsentToSharing,
        operation="consentToSharing",
        grant=access.THEIRS,
        location="/v1/consents/{id}",
        prepare=of_a_known_patient,
        patients_act=True,
    )
    on.act(
        "/v1/consents/{id}/withdrawals",
        consent.WithdrawConsent,
        operation="withdrawConsent",
        grant=access.THEIRS,
        patients_act=True,
    )
    on.show(
        "/v1/consents/{id}",
        consent_view.ConsentView,
        consent_view.of_consent,
        operation="consent",
        grant=access.THEIR_READERS,
    )
    return on.router


def _consent(fields: Fields) -> UUID:
    return consent.consent_of(fields["patient_id"], fields["scope"])


def treatment_consent_of(fields: Fields) -> UUID:
    return consent.consent_of(fields["patient_id"], "treatment")
