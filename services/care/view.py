"""What GET shows of one thing of care: a second fold, for `State` keeps only what rules need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeVar, assert_never

from libs.eventstore.recorded import Recorded
from libs.vocabulary.moment import WallClock
from libs.vocabulary.text import Label, Prose
from services.care.domain import (
    clinic,
    consent,
    patient,
    relationship,
    session,
    supervision,
    therapist,
)
from services.care.domain.clinic import ClinicId
from services.care.domain.consent_words import Attested, ConsentId, Party, Scope
from services.care.domain.patient import PatientId
from services.care.domain.relationship import RelationshipId
from services.care.domain.session import SessionId
from services.care.domain.sharing_consent import Relation, SharingConsentGiven
from services.care.domain.supervision import SupervisionId, SupervisorId
from services.care.domain.therapist import TherapistId
from services.care.domain.treatment_consent import TreatmentConsentGiven

E = TypeVar("E")
V = TypeVar("V")
History = Sequence[tuple[Recorded, E]]
Giving = consent.ConsentGiven | TreatmentConsentGiven | SharingConsentGiven


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistView:
    """A therapist of the clinic."""

    id: TherapistId
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientView:
    """A patient of the clinic, and where they live."""

    id: PatientId
    name: Label
    zone: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelationshipView:
    """Who treats whom, since when, and until when."""

    id: RelationshipId
    patient_id: PatientId
    therapist_id: TherapistId
    began_at: datetime
    ended_at: datetime | None = None
    end_reason: relationship.EndReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionView:
    """Who supervises whom, since when, and until when."""

    id: SupervisionId
    supervisor_id: SupervisorId
    therapist_id: TherapistId
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """`starts_local` in `zone` is what was agreed on, `starts_at` which instant that is."""

    id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    starts_local: WallClock | None
    duration_min: int
    status: Literal["scheduled", "started", "ended"] = "scheduled"
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStep:
    """Given or withdrawn, when in the world, by whose word, and under which text."""

    status: Literal["given", "withdrawn"]
    at: datetime
    by: Party
    text_version: str | None = None
    attested: Attested | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """What the patient allows, and whether they still do. `given_by` and the times are those of the
    last giving; a therapist's is the patient's word, attested. `shared_with`, `relation`,
    `what_for` and `until` (its last day) are those of sharing. `history` has every giving and
    withdrawal, oldest first.
    """

    id: ConsentId
    patient_id: PatientId
    scope: Scope
    purpose: consent.Purpose | None = None
    text_version: str | None = None
    shared_with: Label | None = None
    relation: Relation | None = None
    what_for: Prose | None = None
    until: date | None = None
    status: Literal["given", "withdrawn"]
    given_by: Party
    attested: Attested | None = None
    given_at: datetime
    withdrawn_at: datetime | None = None
    history: tuple[ConsentStep, ...] = ()


def _folded(history: History[E], after: Callable[[V | None, E], V | None]) -> V:
    view: V | None = None
    for _, fact in history:
        view = after(view, fact)
    assert view is not None  # noqa: S101 - a stream begins with its first fact
    return view


def of_clinic(history: History[clinic.Event]) -> ClinicView:
    fact = history[-1][1]
    return ClinicView(
        id=fact.clinic_id,
        name=fact.name,
        zone=fact.zone,
        locale=fact.locale,
        low_confidence_threshold=fact.low_confidence_threshold,
        rationale_gate=fact.rationale_gate,
        session_length_min=fact.session_length_min,
    )


def of_therapist(history: History[therapist.Event]) -> TherapistView:
    fact = history[-1][1]
    return TherapistView(id=fact.therapist_id, name=fact.name)


def of_patient(history: History[patient.Event]) -> PatientView:
    fact = history[-1][1]
    return PatientView(id=fact.patient_id, name=fact.name, zone=fact.zone, locale=fact.locale)


def of_relationship(history: History[relationship.Event]) -> CareRelationshipView:
    return _folded(history, _related)


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
        case _:
            return view


def of_supervision(history: History[supervision.Event]) -> SupervisionView:
    return _folded(history, _supervised)


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


def of_session(history: History[session.Event]) -> SessionView:
    return _folded(history, _after)


def _after(view: SessionView | None, fact: session.Event) -> SessionView | None:
    match fact, view:
        case session.SessionScheduled(), _:
            return SessionView(
                id=fact.session_id,
                patient_id=fact.patient_id,
                therapist_id=fact.therapist_id,
                starts_at=fact.starts_at,
                zone=fact.zone,
                starts_local=fact.starts_local,
                duration_min=fact.duration_min,
            )
        case session.SessionRescheduled(), SessionView():
            return replace(
                view,
                starts_at=fact.starts_at,
                zone=fact.zone,
                starts_local=fact.starts_local,
                duration_min=fact.duration_min,
            )
        case session.SessionStarted(), SessionView():
            status = view.status if view.status == "ended" else "started"
            return replace(view, status=status, started_at=fact.started_at)
        case session.SessionEnded(), SessionView():
            return replace(view, status="ended", ended_at=fact.ended_at)
        case _:
            return view


def of_consent(history: History[consent.Event]) -> ConsentView:
    return _folded(history, _consented)


def _consented(view: ConsentView | None, fact: consent.Event) -> ConsentView | None:
    earlier = view.history if view is not None else ()
    if isinstance(fact, consent.ConsentWithdrawn):
        step = ConsentStep(status="withdrawn", at=fact.withdrawn_at, by=fact.withdrawn_by)
        return view and replace(
            view,
            status="withdrawn",
            withdrawn_at=fact.withdrawn_at,
            history=(*earlier, step),
        )
    return replace(_given(fact), history=(*earlier, _step(fact)))


def _step(fact: Giving) -> ConsentStep:
    if isinstance(fact, consent.ConsentGiven):
        return ConsentStep(status="given", at=fact.given_at, by=fact.given_by)
    return ConsentStep(
        status="given",
        at=fact.given_at,
        by=fact.given_by,
        text_version=fact.text_version,
        attested=fact.attested,
    )


def _given(fact: Giving) -> ConsentView:
    match fact:
        case consent.ConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope=fact.scope,
                purpose=fact.purpose,
                status="given",
                given_by=fact.given_by,
                given_at=fact.given_at,
            )
        case TreatmentConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope="treatment",
                text_version=fact.text_version,
                status="given",
                given_by=fact.given_by,
                attested=fact.attested,
                given_at=fact.given_at,
            )
        case SharingConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope="sharing",
                text_version=fact.text_version,
                shared_with=fact.shared_with,
                relation=fact.relation,
                what_for=fact.what_for,
                until=fact.until,
                status="given",
                given_by=fact.given_by,
                attested=fact.attested,
                given_at=fact.given_at,
            )
        case _:
            assert_never(fact)
