"""What a patient allows: to be treated, to be counted, that somebody whom they name is told.

One stream for each patient and scope, and for each person whom sharing is with: given, withdrawn,
perhaps given again. Deny wins: whatever was told in whichever order, nobody uses what the patient
has withdrawn. The record of what was allowed, and of the treatment, stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, assert_never

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import Told
from services.care.domain.consent_words import (
    ConsentId,
    ConsentNotAttested,
    Party,
    Scope,
    consent_of,
    must_be_attested,
    party_of,
)
from services.care.domain.patient import PatientId
from services.care.domain.sharing_consent import (
    ConsentToSharing,
    Relation,
    SharingConsentGiven,
    facts_of,
)
from services.care.domain.treatment_consent import ConsentToTreatment, TreatmentConsentGiven

__all__ = ["ConsentId", "ConsentNotAttested", "Party", "Scope", "consent_of"]

Honoured = Literal["analytics"]
"""What `giveConsent` takes: the other scopes are consented to in words of their own."""

Purpose = Literal["service_evaluation", "quality_improvement"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """The patient allows this use, for this purpose, until it is withdrawn. Given by the therapist,
    it is the patient's word, which the therapist attests.
    """

    consent_id: ConsentId
    patient_id: PatientId
    scope: Scope
    purpose: Purpose
    given_by: Party
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """Nothing more may be used in this scope, and what was handed on is to be forgotten."""

    consent_id: ConsentId
    patient_id: PatientId
    scope: Scope
    withdrawn_by: Party
    withdrawn_at: datetime


Event = ConsentGiven | TreatmentConsentGiven | SharingConsentGiven | ConsentWithdrawn


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NeverGiven:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    consent_id: ConsentId
    patient_id: PatientId
    scope: Scope
    purpose: Purpose | None = None
    text_version: str | None = None
    relation: Relation | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    patient_id: PatientId
    withdrawn_at: datetime


State = NeverGiven | Given | Withdrawn


def evolve(_state: State, event: Event) -> State:
    match event:
        case ConsentGiven():
            return Given(
                consent_id=event.consent_id,
                patient_id=event.patient_id,
                scope=event.scope,
                purpose=event.purpose,
            )
        case TreatmentConsentGiven():
            return Given(
                consent_id=event.consent_id,
                patient_id=event.patient_id,
                scope="treatment",
                text_version=event.text_version,
            )
        case SharingConsentGiven():
            return Given(
                consent_id=event.consent_id,
                patient_id=event.patient_id,
                scope="sharing",
                text_version=event.text_version,
                relation=event.relation,
                until=event.until,
            )
        case ConsentWithdrawn():
            return Withdrawn(patient_id=event.patient_id, withdrawn_at=event.withdrawn_at)
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent(Told):
    """Told by the patient, or by a therapist who attests that the patient said so."""

    patient_id: PatientId
    scope: Honoured
    purpose: Purpose
    attested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConsent(Told):
    """From now on; no reason is asked, and nobody has to attest a no."""


Command = GiveConsent | ConsentToTreatment | ConsentToSharing | WithdrawConsent


class ConsentGivenOtherwise(Rejected):
    """This consent is given already, in other words: withdraw it first."""

    code = "consent-given-otherwise"


class ConsentWithdrawnSince(Rejected):
    """This was said before the patient withdrew, and a withdrawal is not undone by what is told
    late.
    """

    code = "consent-withdrawn-since"
    pointer = "/occurred_at"


# --- Rules. ---


def give(command: GiveConsent, state: State) -> Sequence[Event]:
    must_be_attested(command.by, command.attested)
    given = ConsentGiven(
        consent_id=consent_of(command.patient_id, command.scope),
        patient_id=command.patient_id,
        scope=command.scope,
        purpose=command.purpose,
        given_by=party_of(command.by),
        given_at=command.happened_at,
    )
    return _unless_so(given, command, state)


def consent_to_treatment(command: ConsentToTreatment, state: State) -> Sequence[Event]:
    must_be_attested(command.by, command.attested)
    given = TreatmentConsentGiven(
        consent_id=consent_of(command.patient_id, "treatment"),
        patient_id=command.patient_id,
        text_version=command.text_version,
        given_by=party_of(command.by),
        attested=command.attested,
        given_at=command.happened_at,
    )
    if isinstance(state, Given) and state.text_version != command.text_version:
        return [given]
    return _unless_so(given, command, state)


def consent_to_sharing(command: ConsentToSharing, state: State) -> Sequence[Event]:
    must_be_attested(command.by, command.attested)
    (given,) = facts_of(command, party_of(command.by))
    return _unless_so(given, command, state)


def _unless_so(given: Event, command: Told, state: State) -> Sequence[Event]:
    """Names and reasons are sealed and cannot be compared here: the desk does that."""
    if isinstance(state, NeverGiven):
        return [given]
    if state.patient_id != given.patient_id:
        raise ConsentGivenOtherwise
    if isinstance(state, Withdrawn):
        if command.happened_at <= state.withdrawn_at:
            raise ConsentWithdrawnSince
        return [given]
    if state != evolve(state, given):
        raise ConsentGivenOtherwise
    return []


def withdraw(command: WithdrawConsent, state: State) -> Sequence[Event]:
    """Also when it is told with an earlier time than the consent: deny wins."""
    if not isinstance(state, Given):
        return []
    return [
        ConsentWithdrawn(
            consent_id=state.consent_id,
            patient_id=state.patient_id,
            scope=state.scope,
            withdrawn_by=party_of(command.by),
            withdrawn_at=command.happened_at,
        )
    ]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case GiveConsent():
            return give(command, state)
        case ConsentToTreatment():
            return consent_to_treatment(command, state)
        case ConsentToSharing():
            return consent_to_sharing(command, state)
        case WithdrawConsent():
            return withdraw(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NeverGiven(), evolve, decide)
