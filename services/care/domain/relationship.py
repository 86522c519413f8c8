"""Who treats whom: what everything a therapist may see or do rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from services.care.domain.patient import PatientId
from services.care.domain.therapist import TherapistId

RelationshipId = NewType("RelationshipId", UUID)

EndReason = Literal["therapy_completed", "handed_over", "therapist_left", "patient_left", "other"]

HandOverReason = Literal[
    "therapist_left", "therapist_absent", "patient_asked", "expertise", "other"
]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CareHandedOver:
    """From `handed_over_at` another therapist treats this patient, in a relationship of their own
    that begins then. What the former one has told stays theirs; they see nothing of what follows.
    """

    relationship_id: RelationshipId
    to_relationship_id: Annotated[RelationshipId, MINTED]
    from_therapist_id: TherapistId
    to_therapist_id: TherapistId
    patient_id: PatientId
    handed_over_at: datetime
    reason: HandOverReason


Event = CareRelationshipBegan | CareRelationshipEnded | CareHandedOver


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
    """`to_therapist_id` where it was handed over."""

    begun: Begun
    reason: EndReason
    to_therapist_id: TherapistId | None = None


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
        case CareHandedOver():
            if not isinstance(state, Begun):
                return state
            return Ended(begun=state, reason="handed_over", to_therapist_id=event.to_therapist_id)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCare(Told):
    """This relationship ends, and that with the other therapist begins, when the request says that
    it happened.
    """

    relationship_id: Annotated[RelationshipId, LOOKED_UP]
    to_relationship_id: Annotated[RelationshipId, MINTED]
    to_therapist_id: TherapistId
    reason: HandOverReason


Command = BeginCareRelationship | EndCareRelationship | HandOverCare


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


class HandedOverToThemselves(Rejected):
    """Care is handed over to another therapist, and nobody treats themselves."""

    code = "handed-over-to-themselves"
    pointer = "/to_therapist_id"


class RelationshipOver(Rejected):
    """It has ended: whoever is to treat the patient begins a relationship of their own."""

    code = "relationship-over"


class HandedOverOtherwise(Rejected):
    """It was handed over already, to somebody else."""

    code = "handed-over-otherwise"
    pointer = "/to_therapist_id"


class SuccessorHasLeft(Rejected):
    """They do not work here any more: if they have come back, their return is recorded first."""

    code = "successor-has-left"
    pointer = "/to_therapist_id"


class SuccessorBegunOtherwise(Rejected):
    """This id is taken by a relationship of other people."""

    code = "successor-begun-otherwise"
    pointer = "/to_relationship_id"


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


def hand_over(command: HandOverCare, state: State) -> Sequence[Event]:
    match state:
        case NotBegun():
            return []
        case Begun():
            if command.to_therapist_id in {state.therapist_id, state.patient_id}:
                raise HandedOverToThemselves
            if command.happened_at < state.began_at:
                raise EndsBeforeItBegan
            return [_handed_over(command, state)]
        case Ended(to_therapist_id=None):
            raise RelationshipOver
        case Ended():
            if command.to_therapist_id != state.to_therapist_id:
                raise HandedOverOtherwise
            return []
        case _:
            assert_never(state)


def _handed_over(command: HandOverCare, begun: Begun) -> CareHandedOver:
    return CareHandedOver(
        relationship_id=command.relationship_id,
        to_relationship_id=command.to_relationship_id,
        from_therapist_id=begun.therapist_id,
        to_therapist_id=command.to_therapist_id,
        patient_id=begun.patient_id,
        handed_over_at=command.happened_at,
        reason=command.reason,
    )


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case BeginCareRelationship():
            return begin(command, state)
        case EndCareRelationship():
            return end(command, state)
        case HandOverCare():
            return hand_over(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NotBegun(), evolve, decide)
