"""People by the numbers of other systems, over HTTP: said of somebody, and put under one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.access.identifying import Identifiers
from libs.access.policy import Grant
from libs.access.scopes import scope_of
from libs.eventstore.desk import Desk
from libs.privacy.opening import opened
from libs.vocabulary.identifier import Identifier
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone
from libs.vocabulary.text import Label
from libs.web.by_identifier import ByIdentifier, Change, Upserting
from libs.web.commands import Commands, Edge, Fields, Prepare, Preparing, Router
from libs.web.operations import Operation
from libs.web.views import Fold
from services.care import access, patient_view, view
from services.care.domain import patient, therapist
from services.care.domain.identified import IdentifierTaken, IdentifyPatient, IdentifyTherapist

Patients = Desk[patient.Command, patient.State, patient.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertPatient:
    """A patient as another system has them: registered under that system's number where it is new
    here, else changed where something differs. What is left out stays as it is.
    """

    name: Label
    zone: Zone | None = None
    locale: Locale | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertTherapist:
    """A therapist as another system has them: registered under that system's number where it is
    new here, else changed where something differs.
    """

    name: Label


def routes(
    edge: Edge,
    patients: Patients,
    therapists: Therapists,
    identifiers: Identifiers,
    others: Router,
) -> Router:
    """`others` has the operations by which people are registered and changed."""
    said = Router().take(
        _patients(edge, patients, identifiers), _therapists(edge, therapists, identifiers)
    )
    operations = [*others.operations, *said.operations]
    put = Router()
    put.operations.append(_put_patient(edge, patients, identifiers, operations))
    put.operations.append(_put_therapist(edge, therapists, identifiers, operations))
    return others.take(said, put)


def _patients(edge: Edge, desk: Patients, identifiers: Identifiers) -> Router:
    on = Commands(edge, desk, subject=access.patient_of)
    on.act(
        "/v1/patients/{id}/identifiers",
        IdentifyPatient,
        operation="identifyPatient",
        grant=access.REGISTRARS,
        prepare=_taken(
            edge, desk, identifiers, "patient", patient_view.of_patient, whose=lambda id_: id_
        ),
    )
    return on.router


def _therapists(edge: Edge, desk: Therapists, identifiers: Identifiers) -> Router:
    on = Commands(edge, desk, subject=access.therapist_of)
    on.act(
        "/v1/therapists/{id}/identifiers",
        IdentifyTherapist,
        operation="identifyTherapist",
        grant=access.REGISTRARS,
        prepare=_taken(
            edge, desk, identifiers, "therapist", view.of_therapist, whose=lambda _id: None
        ),
    )
    return on.router


def _taken(
    edge: Edge,
    desk: Desk[Any, Any, Any],
    identifiers: Identifiers,
    kind: str,
    fold: Fold[Any],
    *,
    whose: Callable[[UUID], UUID | None],
) -> Prepare:
    """Taken before it is recorded: whoever dies in between finds it taken by the same thing."""

    async def prepare(preparing: Preparing) -> Fields:
        tenant, thing = preparing.principal.tenant_id, preparing.stream_uuid
        told = Identifier(**{name: preparing.fields[name] for name in ("system", "value")})
        owner = await identifiers.take(
            tenant, kind, told.system, str(told.value), thing_id=thing, patient_id=whose(thing)
        )
        if owner != thing:
            raise IdentifierTaken
        history = await desk.history(tenant, thing)
        shown = await opened(fold(history), edge.sealer, tenant)
        return {"known": told in shown.identifiers}

    return prepare


def _put_patient(
    edge: Edge, desk: Patients, identifiers: Identifiers, operations: list[Operation]
) -> Operation:
    path = "/v1/patients/by-identifier/{system}/{value}"
    terms = Upserting(
        name="upsertPatient",
        path=path,
        kind="patient",
        request=UpsertPatient,
        fold=patient_view.of_patient,
        grant=_scoped(edge, path),
        creates="registerPatient",
        identifies="identifyPatient",
        changes=(
            Change(operation="changePatientDetails", fields=("name", "locale")),
            Change(operation="changePatientZone", fields=("zone",), besides={"reason": "moved"}),
        ),
        patient=lambda _said, thing_id: thing_id,
    )
    return ByIdentifier(edge, desk, terms, identifiers=identifiers, operations=operations)


def _put_therapist(
    edge: Edge, desk: Therapists, identifiers: Identifiers, operations: list[Operation]
) -> Operation:
    path = "/v1/therapists/by-identifier/{system}/{value}"
    terms = Upserting(
        name="upsertTherapist",
        path=path,
        kind="therapist",
        request=UpsertTherapist,
        fold=view.of_therapist,
        grant=_scoped(edge, path),
        creates="registerTherapist",
        identifies="identifyTherapist",
        changes=(Change(operation="changeTherapistDetails", fields=("name",)),),
    )
    return ByIdentifier(edge, desk, terms, identifiers=identifiers, operations=operations)


def _scoped(edge: Edge, path: str) -> Grant:
    scope = scope_of(edge.service, ByIdentifier.method, path)
    return Grant(access.REGISTRARS.relations, scope=scope)
