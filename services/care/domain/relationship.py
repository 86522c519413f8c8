"""Who treats whom: what everything a therapist may see or do rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from services.care.domain.patient import PatientId
from services.care.domain.therapist import TherapistId

RelationshipId = NewType("RelationshipId", UUID)

EndReason = Literal["therapy_completed", "handed_over", "therapist_left", "patient_left", "other"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelationshipBegan:
    """From `began_at` this therapist treats this patient, and may see what is shared with them."""

    relationship_id: RelationshipId
    patient_id: PatientId
    therapist_id: TherapistId
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelationshipEnded:
    """From now on this therapist sees nothing of this patient; what both have told stays."""

    ended_at: datetime
    reason: EndReason


Event = CareRelationshipBegan | CareRelationshipEnded


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NotBegun:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    patient_id: PatientId
    therapist_id: TherapistId
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    begun: Begun
    reason: EndReason


State = NotBegun | Begun | Ended


def evolve(state: State, event: Event) -> State:
    match event:
        case CareRelationshipBegan():
            return Begun(
                patient_id=event.patient_id,
                therapist_id=event.therapist_id,
                began_at=event.began_at,
            )
        case CareRelationshipEnded():
            return Ended(begun=state, reason=event.reason) if isinstance(state, Begun) else state
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCareRelationship(Told):
    """It began when the request says that it happened."""

    id: Annotated[RelationshipId, MINTED]
    patient_id: PatientId
    therapist_id: TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCareRelationship(Told):
    """It ended when the request says that it happened. Who is to go on begins anew, with an id of
    their own.
    """

    reason: EndReason


Command = BeginCareRelationship | EndCareRelationship


class PatientIsTherapist(Rejected):
    """Nobody treats themselves: patient and therapist must be two people."""

    code = "patient-is-therapist"
    pointer = "/patient_id"


class TherapistHasLeft(Rejected):
    """They do not work here any more: if they have come back, their return is recorded first."""

    code = "therapist-has-left"
    pointer = "/therapist_id"


class RelationshipBegunOtherwise(Rejected):
    """This id is taken by a relationship of other people."""

    code = "relationship-begun-otherwise"


class EndsBeforeItBegan(Rejected):
    """A relationship ends after it has begun: mind the time, and the zone."""

    code = "relationship-ends-before-it-began"
    pointer = "/occurred_at"


class EndedOtherwise(Rejected):
    """It has ended already, for another reason."""

    code = "relationship-ended-otherwise"
    pointer = "/reason"


# --- Rules. ---


def begin(command: BeginCareRelationship, state: State) -> Sequence[Event]:
    if command.patient_id == command.therapist_id:
        raise PatientIsTherapist
    began = CareRelationshipBegan(
        relationship_id=command.id,
        patient_id=command.patient_id,
        therapist_id=command.therapist_id,
        began_at=command.happened_at,
    )
    if isinstance(state, NotBegun):
        return [began]
    before = state.begun if isinstance(state, Ended) else state
    if (before.patient_id, before.therapist_id) != (began.patient_id, began.therapist_id):
        raise RelationshipBegunOtherwise
    return []


def end(command: EndCareRelationship, state: State) -> Sequence[Event]:
    match state:
        case NotBegun():
            return []
        case Begun():
            if command.happened_at < state.began_at:
                raise EndsBeforeItBegan
            return [CareRelationshipEnded(ended_at=command.happened_at, reason=command.reason)]
        case Ended():
            if command.reason != state.reason:
                raise EndedOtherwise
            return []
        case _:
            assert_never(state)


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case BeginCareRelationship():
            return begin(command, state)
        case EndCareRelationship():
            return end(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NotBegun(), evolve, decide)
