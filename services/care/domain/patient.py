"""A patient of the clinic. The id is the `person_id` of their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NewType
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone
from libs.vocabulary.text import Label

PatientId = NewType("PatientId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRegistered:
    """Somebody is a patient here. `zone` is where they live: times of day are theirs, not the
    clinic's.
    """

    patient_id: PatientId
    name: Label
    zone: str
    locale: str


Event = PatientRegistered


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unregistered:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    patient_id: PatientId
    zone: str
    locale: str


State = Unregistered | Registered


def evolve(_state: State, event: Event) -> State:
    return Registered(patient_id=event.patient_id, zone=event.zone, locale=event.locale)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPatient(Told):
    """Zone and locale are the clinic's unless told."""

    id: Annotated[PatientId, MINTED]
    name: Label
    zone: Zone | None = None
    locale: Locale | None = None
    clinic_zone: Annotated[str, LOOKED_UP]
    clinic_locale: Annotated[str, LOOKED_UP]


Command = RegisterPatient


class PatientRegisteredOtherwise(Rejected):
    """This patient is registered already, with another zone or locale."""

    code = "patient-registered-otherwise"


class RegisteredAsTherapist(Rejected):
    """Somebody works here under this id. As a patient they go by another, with its own keys."""

    code = "registered-as-therapist"
    pointer = "/id"


# --- Rules. ---


def register(command: RegisterPatient, state: State) -> Sequence[Event]:
    registered = PatientRegistered(
        patient_id=command.id,
        name=command.name,
        zone=command.zone or command.clinic_zone,
        locale=command.locale or command.clinic_locale,
    )
    if isinstance(state, Unregistered):
        return [registered]
    # The name is sealed and cannot be compared here: the desk does that.
    if state != evolve(state, registered):
        raise PatientRegisteredOtherwise
    return []


decider: Decider[Command, State, Event] = Decider(Unregistered(), evolve, register)
