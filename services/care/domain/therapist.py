"""A therapist of the clinic. The id is the `person_id` of their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label
from services.care.domain import identified
from services.care.domain.identified import IdentifyTherapist, TherapistIdentified

TherapistId = NewType("TherapistId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistRegistered:
    """Somebody works here as a therapist from now on."""

    therapist_id: TherapistId
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistDetailsChanged:
    """They go by this name from now on."""

    name: Label
    changed_at: datetime


Event = TherapistRegistered | TherapistDetailsChanged | TherapistIdentified


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unregistered:
    pass


@dataclass(frozen=True, slots=True)
class Registered:
    therapist_id: TherapistId


State = Unregistered | Registered


def evolve(state: State, event: Event) -> State:
    match event:
        case TherapistRegistered():
            return Registered(event.therapist_id)
        case TherapistDetailsChanged() | TherapistIdentified():
            return state
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTherapist(Told):
    """Somebody works here as a therapist, by the id of their tokens."""

    id: Annotated[TherapistId, MINTED]
    name: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTherapistDetails(Told):
    """They go by another name."""

    name: Label


Command = RegisterTherapist | ChangeTherapistDetails | IdentifyTherapist


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


def change(command: ChangeTherapistDetails, state: State) -> Sequence[Event]:
    """A name is sealed and cannot be compared here: whoever tells one is believed."""
    if isinstance(state, Unregistered):
        return []
    return [TherapistDetailsChanged(name=command.name, changed_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RegisterTherapist():
            return register(command, state)
        case ChangeTherapistDetails():
            return change(command, state)
        case IdentifyTherapist():
            known = isinstance(state, Registered)
            return identified.identify_therapist(command) if known else []
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(Unregistered(), evolve, decide)
