"""A patient of the clinic. The id is the `person_id` of their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone
from libs.vocabulary.text import Label
from services.care.domain import identified, patient_course, patient_details
from services.care.domain.identified import IdentifyPatient, PatientIdentified
from services.care.domain.patient_course import (
    CorrectDeath,
    Course,
    DischargePatient,
    PatientDeathCorrected,
    PatientDied,
    PatientDischarged,
    PatientReadmitted,
    ReadmitPatient,
    RecordDeath,
)
from services.care.domain.patient_details import (
    ChangePatientDetails,
    ChangePatientZone,
    Details,
    PatientDetailsChanged,
    PatientZoneChanged,
)

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


Event = PatientRegistered | PatientIdentified | patient_details.Event | patient_course.Event


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unregistered:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`zone` and `locale` are as they were registered, `details` as they are now."""

    patient_id: PatientId
    zone: str
    locale: str
    details: Details
    course: Course


State = Unregistered | Registered


def evolve(state: State, event: Event) -> State:
    match event, state:
        case PatientRegistered(), _:
            return Registered(
                patient_id=event.patient_id,
                zone=event.zone,
                locale=event.locale,
                details=Details(zone=event.zone, locale=event.locale),
                course=Course(),
            )
        case _, Registered():
            return _after(state, event)
        case _:
            return state


def _after(patient: Registered, event: Event) -> Registered:
    match event:
        case PatientRegistered() | PatientIdentified():
            return patient
        case PatientDetailsChanged():
            locale = event.locale or patient.details.locale
            return replace(patient, details=replace(patient.details, locale=locale))
        case PatientZoneChanged():
            details = replace(patient.details, zone=event.zone, since=event.changed_at)
            return replace(patient, details=details)
        case PatientDischarged() | PatientReadmitted() | PatientDied() | PatientDeathCorrected():
            return replace(patient, course=patient_course.evolve(patient.course, event))
        case _:
            assert_never(event)


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


Command = (
    RegisterPatient
    | IdentifyPatient
    | ChangePatientDetails
    | ChangePatientZone
    | patient_course.Command
)


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
    if (state.zone, state.locale) != (registered.zone, registered.locale):
        raise PatientRegisteredOtherwise
    return []


def decide(command: Command, state: State) -> Sequence[Event]:
    if isinstance(command, RegisterPatient):
        return register(command, state)
    if isinstance(state, Unregistered):
        return []
    match command:
        case IdentifyPatient():
            return identified.identify_patient(command)
        case ChangePatientDetails():
            return patient_details.change(command, state.details)
        case ChangePatientZone():
            return patient_details.change_zone(command, state.details)
        case DischargePatient() | ReadmitPatient() | RecordDeath() | CorrectDeath():
            return patient_course.decide(command, state.course, zone=state.details.zone)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(Unregistered(), evolve, decide)
