"""What GET shows of one thing of care: a second fold, for `State` keeps only what rules need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from libs.eventstore.recorded import Recorded
from libs.vocabulary.identifier import Identifier
from libs.vocabulary.text import Label
from services.care.domain import (
    clinic,
    clinic_settings,
    relationship,
    supervision,
    therapist,
)
from services.care.domain.clinic import ClinicId
from services.care.domain.clinic_settings import ClinicSettingsChanged, CrisisText
from services.care.domain.identified import TherapistIdentified
from services.care.domain.patient import PatientId
from services.care.domain.relationship import RelationshipId
from services.care.domain.supervision import SupervisionId, SupervisorId
from services.care.domain.therapist import TherapistId

E = TypeVar("E")
V = TypeVar("V")
History = Sequence[tuple[Recorded, E]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicView:
    """`low_confidence_threshold` is a share of a scale's maximum, `session_length_min` minutes."""

    id: ClinicId
    name: str
    zone: str
    locale: str
    low_confidence_threshold: float
    rationale_gate: bool
    session_length_min: int
    crisis_texts: tuple[CrisisText, ...] = ()
    response_expectation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistView:
    """A therapist of the clinic."""

    id: TherapistId
    name: Label
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Who goes on, in a relationship of their own, and why."""

    relationship_id: RelationshipId
    therapist_id: TherapistId
    reason: relationship.HandOverReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelationshipView:
    """Who treats whom, since when, and until when."""

    id: RelationshipId
    patient_id: PatientId
    therapist_id: TherapistId
    began_at: datetime
    ended_at: datetime | None = None
    end_reason: relationship.EndReason | None = None
    handed_over_to: HandedOver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionView:
    """Who supervises whom, since when, and until when."""

    id: SupervisionId
    supervisor_id: SupervisorId
    therapist_id: TherapistId
    began_at: datetime
    ended_at: datetime | None = None


def folded(history: History[E], after: Callable[[V | None, E], V | None]) -> V:
    view: V | None = None
    for _, fact in history:
        view = after(view, fact)
    assert view is not None  # noqa: S101 - a stream begins with its first fact
    return view


def of_clinic(history: History[clinic.Event]) -> ClinicView:
    return folded(history, _agreed)


def _agreed(view: ClinicView | None, fact: clinic.Event) -> ClinicView | None:
    match fact, view:
        case clinic.ClinicRegistered(), _:
            return ClinicView(
                id=fact.clinic_id,
                name=fact.name,
                zone=fact.zone,
                locale=fact.locale,
                low_confidence_threshold=fact.low_confidence_threshold,
                rationale_gate=fact.rationale_gate,
                session_length_min=fact.session_length_min,
            )
        case ClinicSettingsChanged(), ClinicView():
            return replace(view, **clinic_settings.named(fact))
        case _:
            return view


def of_therapist(history: History[therapist.Event]) -> TherapistView:
    return folded(history, _called)


def _called(view: TherapistView | None, fact: therapist.Event) -> TherapistView | None:
    match fact, view:
        case therapist.TherapistRegistered(), _:
            return TherapistView(id=fact.therapist_id, name=fact.name)
        case therapist.TherapistDetailsChanged(), TherapistView():
            return replace(view, name=fact.name)
        case TherapistIdentified(), TherapistView():
            one = Identifier(system=fact.system, value=fact.value)
            return replace(view, identifiers=(*view.identifiers, one))
        case _:
            return view


def of_relationship(history: History[relationship.Event]) -> CareRelationshipView:
    return folded(history, _related)


def _related(
    view: CareRelationshipView | None, fact: relationship.Event
) -> CareRelationshipView | None:
    match fact, view:
        case relationship.CareRelationshipBegan(), _:
            return CareRelationshipView(
                id=fact.relationship_id,
                patient_id=fact.patient_id,
                therapist_id=fact.therapist_id,
                began_at=fact.began_at,
            )
        case relationship.CareRelationshipEnded(), CareRelationshipView():
            return replace(view, ended_at=fact.ended_at, end_reason=fact.reason)
        case relationship.CareHandedOver(), CareRelationshipView():
            to = HandedOver(
                relationship_id=fact.to_relationship_id,
                therapist_id=fact.to_therapist_id,
                reason=fact.reason,
            )
            ended_at = fact.handed_over_at
            return replace(view, ended_at=ended_at, end_reason="handed_over", handed_over_to=to)
        case _:
            return view


def of_supervision(history: History[supervision.Event]) -> SupervisionView:
    return folded(history, _supervised)


def _supervised(view: SupervisionView | None, fact: supervision.Event) -> SupervisionView | None:
    match fact, view:
        case supervision.SupervisionBegan(), _:
            return SupervisionView(
                id=fact.supervision_id,
                supervisor_id=fact.supervisor_id,
                therapist_id=fact.therapist_id,
                began_at=fact.began_at,
            )
        case supervision.SupervisionEnded(), SupervisionView():
            return replace(view, ended_at=fact.ended_at)
        case _:
            return view
