"""Erasure over HTTP: asked for by patients, carried out by the clinic, confirmed by the gateway."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.access.passes import CONFIRMS
from libs.access.policy import NOBODY
from libs.eventstore.calling import Call
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.privacy.keyring import Keyring
from libs.web.commands import Commands, Edge, Fields, Prepare, Preparing, Router
from services.care import access, erasing_view
from services.care.domain import (
    erasure,
    erasure_facts,
    erasure_policy,
    patient,
    private_text,
)

Patients = Desk[patient.Command, patient.State, patient.Event]
Policies = Desk[erasure_policy.Command, erasure_policy.State, erasure_policy.Event]
Erasures = Desk[erasure.Command, erasure.State, erasure_facts.Event]
PrivateTexts = Desk[private_text.Command, private_text.State, private_text.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    erasure_policy.NotThisClinicsPolicy,
    erasure.ErasureReason,
    erasure.HoldEnd,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """The desks that an erasure goes over."""

    policies: Policies
    erasures: Erasures
    private_texts: PrivateTexts


def routes(edge: Edge, erasing: Erasing, patients: Patients, keyring: Keyring) -> Router:
    return Router().take(
        _policies(edge, erasing.policies),
        _erasures(edge, erasing, patients),
        _private_texts(edge, erasing, patients, keyring),
    )


def _policies(edge: Edge, desk: Policies) -> Router:
    async def tenant_of_token(preparing: Preparing) -> Fields:
        return {"tenant_id": preparing.principal.tenant_id}

    on = Commands(edge, desk, subject=lambda _state: NOBODY)
    on.create(
        "/v1/erasure-policies",
        erasure_policy.SetErasurePolicy,
        operation="setErasurePolicy",
        grant=access.CLINIC_ALONE,
        stream_of=_clinics,
        prepare=tenant_of_token,
    )
    on.show(
        "/v1/erasure-policies/{id}",
        erasing_view.ErasurePolicyView,
        erasing_view.of_policy,
        operation="erasurePolicy",
        grant=access.PATIENT_OR_CLINIC_SEES,
    )
    return on.router


def _erasures(edge: Edge, erasing: Erasing, patients: Patients) -> Router:
    """An erasure has its patient's id."""
    on = Commands(edge, erasing.erasures, subject=access.erasure_of)
    on.create(
        "/v1/erasures",
        erasure.RequestErasure,
        operation="requestErasure",
        grant=access.PATIENT_OR_CLINIC,
        stream_of=_patients,
        prepare=_of_a_known_patient(patients),
        even_erased=True,
    )
    on.act(
        "/v1/erasures/{id}/withdrawals",
        erasure.WithdrawErasure,
        operation="withdrawErasure",
        grant=access.PATIENT_OR_CLINIC,
        even_erased=True,
    )
    _of_the_clinic(on, erasing.policies)
    on.act(
        "/v1/erasures/{id}/confirmations",
        erasure.ConfirmErasure,
        operation="confirmErasure",
        grant=replace(access.CONFIRMING, scope=CONFIRMS),
        prepare=_by_the_gateway(edge.clock),
        even_erased=True,
    )
    on.show(
        "/v1/erasures/{id}",
        erasing_view.ErasureView,
        erasing_view.of_erasure,
        operation="erasure",
        grant=access.PATIENT_OR_CLINIC,
    )
    return on.router


def _of_the_clinic(
    on: Commands[erasure.Command, erasure.State, erasure_facts.Event], policies: Policies
) -> None:
    async def with_policy(preparing: Preparing) -> erasure_policy.Policy:
        tenant = preparing.principal.tenant_id
        found = await policies.state(tenant, tenant)
        return erasure_policy.Policy() if found is None else found[0]

    async def grace(preparing: Preparing) -> Fields:
        return {"grace_days": (await with_policy(preparing)).grace_days}

    async def retention(preparing: Preparing) -> Fields:
        return {"retention_years": (await with_policy(preparing)).retention_years}

    for path, request, operation, prepare in (
        ("announcements", erasure.AnnounceErasure, "announceErasure", grace),
        ("holds", erasure.HoldErasure, "holdErasure", retention),
        ("hold-ends", erasure.EndErasureHold, "endErasureHold", None),
        ("releases", erasure.ReleaseErasure, "releaseErasure", None),
    ):
        on.act(
            f"/v1/erasures/{{id}}/{path}",
            request,
            operation=operation,
            grant=access.CLINIC_ALONE,
            prepare=prepare,
            even_erased=True,
        )


def _private_texts(edge: Edge, erasing: Erasing, patients: Patients, keyring: Keyring) -> Router:
    async def without_its_key(call: Call[Any, Any]) -> None:
        await _forget_private_text(keyring, call.tenant_id, call.command.patient_id)

    on = Commands(edge, erasing.private_texts, subject=access.private_text_of)
    on.create(
        "/v1/private-text-erasures",
        private_text.ErasePrivateText,
        operation="erasePrivateText",
        grant=access.PATIENT_ALONE,
        stream_of=_patients,
        prepare=_of_a_known_patient(patients),
        first=without_its_key,
    )
    on.show(
        "/v1/private-text-erasures/{id}",
        erasing_view.PrivateTextErasureView,
        erasing_view.of_private_text,
        operation="privateTextErasure",
        grant=access.PATIENT_ALONE,
    )
    return on.router


async def _forget_private_text(keyring: Keyring, tenant_id: UUID, patient_id: UUID) -> None:
    """All that there is of it; what the patient writes for themselves from now on is under a new
    key. Asked again, because an answer was lost, it takes what was written in between as well:
    until it is acknowledged, the wish is not fulfilled. Raises `SubjectErased`.
    """
    await keyring.destroy(tenant_id, patient_id, ("patient_private",))
    await keyring.renewed(tenant_id, patient_id, "patient_private")


def _of_a_known_patient(patients: Patients) -> Prepare:
    async def prepare(preparing: Preparing) -> Fields:
        patient_id = preparing.fields["patient_id"]
        if await patients.state(preparing.principal.tenant_id, patient_id) is None:
            raise NotKnownYet
        return {}

    return prepare


def _by_the_gateway(clock: Callable[[], datetime]) -> Prepare:
    async def prepare(_preparing: Preparing) -> Fields:
        return {"where": "gateway", "confirmed_at": clock()}

    return prepare


def _patients(fields: Fields) -> UUID:
    patient_id: UUID = fields["patient_id"]
    return patient_id


def _clinics(fields: Fields) -> UUID:
    clinic_id: UUID = fields["clinic_id"]
    return clinic_id
