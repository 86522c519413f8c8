"""What therapy is for, in the patient's own words (C04).

Read from top to bottom: the facts we keep, the state they add up to, the requests people make,
and the rules by which a request becomes facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from services.assignment.domain import goal_course
from services.assignment.domain.goal_course import (
    CloseGoal,
    GoalClosed,
    GoalProgressRecorded,
    GoalRevised,
    GoalTarget,
)
from services.assignment.domain.terms import (
    GoalId,
    Party,
    PatientId,
    Statement,
    TherapistId,
    party,
)

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


Event = GoalSet | goal_course.Fact


# --- State: only what a rule needs to know. ---


@dataclass(frozen=True, slots=True)
class Unset:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Only an open goal can carry a rationale. `told` holds the ids of what was told of it."""

    patient_id: PatientId
    therapist_id: TherapistId
    told: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    patient_id: PatientId
    therapist_id: TherapistId
    told: frozenset[UUID] = frozenset()


State = Unset | Open | Closed


def evolve(state: State, event: Event) -> State:
    match event:
        case GoalSet():
            return Open(patient_id=event.patient_id, therapist_id=event.therapist_id)
        case GoalRevised():
            return _having_told(state, event.revision_id)
        case GoalProgressRecorded():
            return _having_told(state, event.progress_id)
        case GoalClosed():
            return _closed(state)
        case _:
            assert_never(event)


def _having_told(state: State, told: UUID) -> State:
    return state if isinstance(state, Unset) else replace(state, told=state.told | {told})


def _closed(state: State) -> State:
    if not isinstance(state, Open):
        return state
    return Closed(patient_id=state.patient_id, therapist_id=state.therapist_id, told=state.told)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGoal(Told):
    """What therapy is for, in the patient's own words."""

    id: Annotated[GoalId, MINTED]
    patient_id: PatientId
    statement: Statement
    target: GoalTarget | None = None


Command = SetGoal | goal_course.Request


class GoalNotSet(Rejected):
    code = "goal-not-found"


class GoalIsClosed(Rejected):
    """Only an open goal is revised or judged; a closed one is set anew."""

    code = "goal-closed"


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


def act(command: goal_course.Request, state: State) -> Sequence[Event]:
    if isinstance(state, Unset):
        raise GoalNotSet
    if getattr(command, "id", None) in state.told:
        return []
    if isinstance(state, Closed):
        if isinstance(command, CloseGoal):
            return []
        raise GoalIsClosed
    return goal_course.decide(command)


def decide(command: Command, state: State) -> Sequence[Event]:
    return set_goal(command, state) if isinstance(command, SetGoal) else act(command, state)


decider: Decider[Command, State, Event] = Decider(Unset(), evolve, decide)
