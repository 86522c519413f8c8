"""What therapy is for, in the patient's own words (C04).

Read from top to bottom: the facts we keep, the state they add up to, the requests people make,
and the rules by which a request becomes facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label
from services.assignment.domain.terms import (
    CalendarDay,
    GoalId,
    Party,
    PatientId,
    Statement,
    TherapistId,
    party,
)

Comparator = Literal["at_least", "at_most", "equals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTarget:
    """How one would see that the goal is reached: *conversations, at least, 4, by June*."""

    measure: Label
    comparator: Comparator
    value: Annotated[int, Ge(0), Le(1_000_000)]
    due: CalendarDay | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalSet:
    """What therapy is to reach, as `set_by` said it; homework is linked to it."""

    goal_id: GoalId
    patient_id: PatientId
    therapist_id: TherapistId
    statement: Statement
    target: GoalTarget | None = None
    set_by: Party
    set_at: datetime


Event = GoalSet


# --- State: only what a rule needs to know. ---


@dataclass(frozen=True, slots=True)
class Unset:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Only an open goal can carry a rationale."""

    patient_id: PatientId
    therapist_id: TherapistId


State = Unset | Open


def evolve(_state: State, event: Event) -> State:
    match event:
        case GoalSet():
            return Open(patient_id=event.patient_id, therapist_id=event.therapist_id)
        case _:
            assert_never(event)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGoal(Told):
    """What therapy is for, in the patient's own words."""

    id: Annotated[GoalId, MINTED]
    patient_id: PatientId
    statement: Statement
    target: GoalTarget | None = None


Command = SetGoal


class GoalAlreadySet(Rejected):
    """The id names a goal that exists: what it says is changed by revising it."""

    code = "goal-already-set"


class OwnPatient(Rejected):
    """A therapist is not their own patient."""

    code = "patient-is-therapist"
    pointer = "/patient_id"


# --- Rules. ---


def set_goal(command: SetGoal, state: State) -> Sequence[Event]:
    if not isinstance(state, Unset):
        raise GoalAlreadySet
    if command.patient_id == command.by.person_id:
        raise OwnPatient
    return [
        GoalSet(
            goal_id=command.id,
            patient_id=command.patient_id,
            therapist_id=TherapistId(command.by.person_id),
            statement=command.statement,
            target=command.target,
            set_by=party(command.by),
            set_at=command.happened_at,
        )
    ]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case SetGoal():
            return set_goal(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(Unset(), evolve, decide)
