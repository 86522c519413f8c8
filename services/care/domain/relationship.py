"""Who treats whom: what everything a therapist may see or do rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NewType
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from services.care.domain.patient import PatientId
from services.care.domain.therapist import TherapistId

RelationshipId = NewType("RelationshipId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRelationshipBegan:
    """From `began_at` this therapist treats this patient, and may see what is shared with them."""

    relationship_id: RelationshipId
    patient_id: PatientId
    therapist_id: TherapistId
    began_at: datetime


Event = CareRelationshipBegan


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NotBegun:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    patient_id: PatientId
    therapist_id: TherapistId


State = NotBegun | Begun


def evolve(_state: State, event: Event) -> State:
    return Begun(patient_id=event.patient_id, therapist_id=event.therapist_id)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCareRelationship(Told):
    """It began when the request says that it happened."""

    id: Annotated[RelationshipId, MINTED]
    patient_id: PatientId
    therapist_id: TherapistId


Command = BeginCareRelationship


class PatientIsTherapist(Rejected):
    """Nobody treats themselves: patient and therapist must be two people."""

    code = "patient-is-therapist"
    pointer = "/patient_id"


class RelationshipBegunOtherwise(Rejected):
    """This id is taken by a relationship of other people."""

    code = "relationship-begun-otherwise"


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
    if state != evolve(state, began):
        raise RelationshipBegunOtherwise
    return []


decider: Decider[Command, State, Event] = Decider(NotBegun(), evolve, begin)
