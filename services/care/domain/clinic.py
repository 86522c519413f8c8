"""A clinic: where care happens, and what its people agreed on.

A clinic is a tenant: its id is the `tenant_id` of every token of its people, and an operator
creates it with a token that carries the new clinic's id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.checked import Checked
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone
from services.care.domain import clinic_settings
from services.care.domain.clinic_settings import (
    ChangeClinicSettings,
    ClinicSettingsChanged,
    Settings,
)

ClinicId = NewType("ClinicId", UUID)

ClinicName = Annotated[
    str,
    MinLen(1),
    MaxLen(200),
    Checked(
        str.isprintable,
        code="not-a-clinic-name",
        message="This takes 1 to 200 printable characters.",
    ),
]
"""An organisation's public name, not a person's: it is not sealed."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicRegistered:
    """A clinic, with what its people agreed on. `low_confidence_threshold` is a share of a scale's
    maximum (0 to 1), `session_length_min` minutes.
    """

    clinic_id: ClinicId
    name: str
    zone: str
    locale: str
    low_confidence_threshold: float
    rationale_gate: bool
    session_length_min: int


Event = ClinicRegistered | ClinicSettingsChanged


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unregistered:
    pass


@dataclass(frozen=True, slots=True)
class Registered:
    as_told: ClinicRegistered
    settings: Settings


State = Unregistered | Registered


def evolve(state: State, event: Event) -> State:
    match event:
        case ClinicRegistered():
            return Registered(event, _at_first(event))
        case ClinicSettingsChanged():
            if isinstance(state, Unregistered):
                return state
            return replace(state, settings=clinic_settings.settled(state.settings, event))
        case _:
            assert_never(event)


def _at_first(registered: ClinicRegistered) -> Settings:
    return Settings(
        zone=registered.zone,
        locale=registered.locale,
        low_confidence_threshold=registered.low_confidence_threshold,
        rationale_gate=registered.rationale_gate,
        session_length_min=registered.session_length_min,
    )


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClinic(Told):
    """`id` is the tenant of the operator's token. `low_confidence_threshold`: a rating below this
    share of its scale prompts an adjustment; configurable, not a clinical claim.
    `rationale_gate`: homework needs a rationale to start.
    """

    id: ClinicId
    name: ClinicName
    zone: Zone
    locale: Locale
    low_confidence_threshold: Annotated[float, Ge(0.0), Le(1.0)] = 0.7
    rationale_gate: bool = False
    session_length_min: Annotated[int, Ge(10), Le(240)] = 50
    tenant_id: Annotated[UUID, LOOKED_UP]


Command = RegisterClinic | ChangeClinicSettings


class NotThisTokensClinic(Rejected):
    """A clinic's id must be the tenant of the operator's token."""

    code = "not-this-tokens-clinic"
    pointer = "/id"


class ClinicNotRegistered(Rejected):
    """An operator registers the clinic before its people."""

    code = "clinic-not-registered"


class ClinicRegisteredOtherwise(Rejected):
    """This clinic is registered already, with other particulars."""

    code = "clinic-registered-otherwise"


# --- Rules. ---


def register(command: RegisterClinic, state: State) -> Sequence[Event]:
    if command.id != command.tenant_id:
        raise NotThisTokensClinic
    registered = ClinicRegistered(
        clinic_id=command.id,
        name=command.name,
        zone=command.zone,
        locale=command.locale,
        low_confidence_threshold=command.low_confidence_threshold,
        rationale_gate=command.rationale_gate,
        session_length_min=command.session_length_min,
    )
    if isinstance(state, Unregistered):
        return [registered]
    if state.as_told != registered:
        raise ClinicRegisteredOtherwise
    return []


def particulars(state: State) -> Settings:
    """What its people have agreed on by now. Raises `ClinicNotRegistered`."""
    if isinstance(state, Unregistered):
        raise ClinicNotRegistered
    return state.settings


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RegisterClinic():
            return register(command, state)
        case ChangeClinicSettings():
            return clinic_settings.change(command, particulars(state))
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(Unregistered(), evolve, decide)
