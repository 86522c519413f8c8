"""For how long somebody may finish their own records once they no longer treat the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from libs.eventstore.decider import Decider
from libs.eventstore.telling import Told
from services.care.domain.clinic import ClinicId

LONGEST = 90
"""Days."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsWindowSet:
    """So many days after a relationship ended, or its therapist left; 0 is none."""

    clinic_id: ClinicId
    days: int


Event = RecordsWindowSet


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unset:
    """Counts as none."""


@dataclass(frozen=True, slots=True)
class Set:
    days: int


State = Unset | Set


def evolve(_state: State, event: Event) -> State:
    return Set(event.days)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRecordsWindow(Told):
    """From now on, for whoever stopped treating somebody, also before now. 0 is none."""

    clinic_id: ClinicId
    days: Annotated[int, Ge(0), Le(LONGEST)]


Command = SetRecordsWindow


# --- Rules. ---


def set_window(command: SetRecordsWindow, state: State) -> Sequence[Event]:
    if state == Set(command.days):
        return []
    return [RecordsWindowSet(clinic_id=command.clinic_id, days=command.days)]


decider: Decider[Command, State, Event] = Decider(Unset(), evolve, set_window)
