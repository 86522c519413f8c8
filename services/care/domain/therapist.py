"""A therapist of the clinic. The id is the `person_id` of their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NewType
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label

TherapistId = NewType("TherapistId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistRegistered:
    """Somebody works here as a therapist from now on."""

    therapist_id: TherapistId
    name: Label


Event = TherapistRegistered


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unregistered:
    pass


@dataclass(frozen=True, slots=True)
class Registered:
    therapist_id: TherapistId


State = Unregistered | Registered


def evolve(_state: State, event: Event) -> State:
    return Registered(event.therapist_id)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTherapist(Told):
    """Somebody works here as a therapist, by the id of their tokens."""

    id: Annotated[TherapistId, MINTED]
    name: Label


Command = RegisterTherapist


class RegisteredAsPatient(Rejected):
    """Somebody is a patient here under this id. At work they go by another, with its own keys."""

    code = "registered-as-patient"
    pointer = "/id"


# --- Rules. ---


def register(command: RegisterTherapist, state: State) -> Sequence[Event]:
    # The name is sealed and cannot be compared here: the desk does that.
    if isinstance(state, Registered):
        return []
    return [TherapistRegistered(therapist_id=command.id, name=command.name)]


decider: Decider[Command, State, Event] = Decider(Unregistered(), evolve, register)
