"""The smallest homework that can be upgraded: minutes practised, once told in quarters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.wire import Json, Path, Wire

QUARTER = 15
ENOUGH = 120

# --- Facts. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkGiven:
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    minutes: int


Event = HomeworkGiven | Practised

# --- State. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    patient_id: UUID | None = None
    minutes: int = 0


def evolve(state: State, event: Event) -> State:
    match event:
        case HomeworkGiven():
            return replace(state, patient_id=event.patient_id)
        case Practised():
            return replace(state, minutes=state.minutes + event.minutes)
        case _:
            assert_never(event)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveHomework:
    patient_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Practise:
    """`sittings` facts from one request."""

    quarters: int
    sittings: int


Command = GiveHomework | Practise


class AlreadyGiven(Rejected):
    code = "already-given"


class PractisedEnough(Rejected):
    code = "practised-enough"


# --- Rules. ---


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case GiveHomework():
            if state.patient_id is not None:
                raise AlreadyGiven
            return [HomeworkGiven(patient_id=command.patient_id)]
        case Practise():
            if state.minutes >= ENOUGH:
                raise PractisedEnough
            return [Practised(minutes=command.quarters * QUARTER)] * command.sittings
        case _:
            assert_never(command)


# --- On the wire, before and after the upgrade. ---

_GIVEN = "interlude.test.HomeworkGiven.v1"
IN_QUARTERS = "interlude.test.Practised.v1"
IN_MINUTES = "interlude.test.Practised.v2"


class InQuarters(Wire[Event]):
    """What the old code wrote."""

    def to_wire(self, event: Event) -> tuple[str, Json]:
        if isinstance(event, Practised):
            return IN_QUARTERS, {"quarters": event.minutes // QUARTER}
        return super().to_wire(event)

    def private(self, _name: str) -> Sequence[Path]:
        return ()


def _told_in_quarters(v1: Json) -> Json:
    return {"minutes": v1["quarters"] * QUARTER}


NAMES: Mapping[type[Event], str] = {HomeworkGiven: _GIVEN, Practised: IN_MINUTES}
_UPCASTS = {IN_QUARTERS: (IN_MINUTES, _told_in_quarters)}

before = InQuarters(NAMES, _UPCASTS)
after = Wire[Event](NAMES, _UPCASTS)


def practising(wire: Wire[Event]) -> Aggregate[Command, State, Event]:
    return Aggregate(
        category="homework",
        decider=Decider(State(), evolve, decide),
        wire=wire,
        subject=lambda state: state.patient_id,
    )
