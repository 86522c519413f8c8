"""What a patient allows to be done with what is recorded about them, scope by scope.

One stream for each patient and scope: given, withdrawn, perhaps given again. Deny wins: whatever
was told in whichever order, nobody uses what the patient has withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, assert_never
from uuid import UUID, uuid5

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import Actor, Told
from services.care.domain.patient import PatientId

ConsentId = NewType("ConsentId", UUID)

_CONSENTS = UUID("5d0c0c1e-2f0b-5c57-8d2e-6f8f0c9b7a11")

Scope = Literal["analytics", "treatment", "sharing", "research"]
"""All that a consent can ever be about; a request takes those that somebody honours today."""

Honoured = Literal["analytics"]

Purpose = Literal["service_evaluation", "quality_improvement"]

Party = Literal["patient", "therapist"]


def consent_of(patient_id: PatientId, scope: Scope) -> ConsentId:
    """One per patient and scope, whoever tells it and however often."""
    return ConsentId(uuid5(_CONSENTS, f"{patient_id}/{scope}"))


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


Event = ConsentGiven | ConsentWithdrawn


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NeverGiven:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    consent_id: ConsentId
    patient_id: PatientId
    scope: Scope
    purpose: Purpose


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


Command = GiveConsent | WithdrawConsent


class ConsentNotAttested(Rejected):
    """A therapist who tells of a patient's consent attests it; a patient has nothing to attest."""

    code = "consent-not-attested"
    pointer = "/attested"


class ConsentGivenOtherwise(Rejected):
    """This consent is given already, for another purpose: withdraw it first."""

    code = "consent-given-otherwise"
    pointer = "/purpose"


class ConsentWithdrawnSince(Rejected):
    """This was said before the patient withdrew, and a withdrawal is not undone by what is told
    late.
    """

    code = "consent-withdrawn-since"
    pointer = "/occurred_at"


# --- Rules. ---


def give(command: GiveConsent, state: State) -> Sequence[Event]:
    by = _party(command.by)
    if command.attested != (by == "therapist"):
        raise ConsentNotAttested
    if isinstance(state, Withdrawn) and command.happened_at <= state.withdrawn_at:
        raise ConsentWithdrawnSince
    given = ConsentGiven(
        consent_id=consent_of(command.patient_id, command.scope),
        patient_id=command.patient_id,
        scope=command.scope,
        purpose=command.purpose,
        given_by=by,
        given_at=command.happened_at,
    )
    if not isinstance(state, Given):
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
            withdrawn_by=_party(command.by),
            withdrawn_at=command.happened_at,
        )
    ]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case GiveConsent():
            return give(command, state)
        case WithdrawConsent():
            return withdraw(command, state)
        case _:
            assert_never(command)


def _party(by: Actor) -> Party:
    return "therapist" if by.role == "therapist" else "patient"


decider: Decider[Command, State, Event] = Decider(NeverGiven(), evolve, decide)
