"""When treatment ends, or a life: what becomes of homework that is still open.

Asked by reactions to care's facts alone. They answer nothing where it is already so, or where the
homework is somebody else's: a fact may name what it does not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from libs.eventstore.telling import Told
from services.assignment.domain.ending import AssignmentDiscontinued
from services.assignment.domain.homework import OPEN, UNDER_WAY, Homework, ended
from services.assignment.domain.outcome import CompletionId, HomeworkCompleted
from services.assignment.domain.reopening import AssignmentReopened
from services.assignment.domain.terms import PatientId

DischargeOutcome = Literal["completed", "discontinued", "self_directed"]

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentContinuedAlone:
    """Treatment ended, and the patient goes on with it alone: it is self-directed."""

    continued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEndedByDeath:
    """The patient died; what was still asked of them counts in no adherence."""

    died_on: date
    ended_at: datetime


Fact = AssignmentContinuedAlone | AssignmentEndedByDeath


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentContinuedAlone():
            return replace(homework, self_directed=True)
        case AssignmentEndedByDeath():
            return ended(homework, "ended_by_death", fact.ended_at)
        case _:
            assert_never(fact)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAtDischarge(Told):
    """`id` names the completion, where it is one: the discharge's own, so that it is one only."""

    id: CompletionId
    patient_id: PatientId
    outcome: DischargeOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EndByDeath(Told):
    """Told as of the beginning of the day on which the patient died, where they lived."""

    patient_id: PatientId
    died_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDeath(Told):
    """The patient is alive: what ended by that goes on."""

    patient_id: PatientId


Request = EndAtDischarge | EndByDeath | CorrectDeath

# --- Rules. ---


def end_at_discharge(
    command: EndAtDischarge, homework: Homework
) -> Sequence[Fact | HomeworkCompleted | AssignmentDiscontinued]:
    """Nobody can complete what had not begun: it is discontinued then."""
    if homework.status not in OPEN:
        return []
    at = command.happened_at
    if command.outcome == "self_directed":
        return [] if homework.self_directed else [AssignmentContinuedAlone(continued_at=at)]
    if command.outcome == "completed" and homework.status in UNDER_WAY:
        return [
            HomeworkCompleted(
                completion_id=command.id, completed_by="therapist_confirmation", completed_at=at
            )
        ]
    return [AssignmentDiscontinued(because="discharged", discontinued_at=at)]


def end_by_death(command: EndByDeath, homework: Homework) -> Sequence[Fact]:
    if homework.status not in OPEN:
        return []
    return [AssignmentEndedByDeath(died_on=command.died_on, ended_at=command.happened_at)]


def correct_death(command: CorrectDeath, homework: Homework) -> Sequence[AssignmentReopened]:
    if homework.status != "ended_by_death":
        return []
    return [
        AssignmentReopened(
            because="death_corrected", status=homework.stood, reopened_at=command.happened_at
        )
    ]


def decide(
    command: Request, homework: Homework
) -> Sequence[Fact | HomeworkCompleted | AssignmentDiscontinued | AssignmentReopened]:
    if command.patient_id != homework.patient_id:
        return []
    match command:
        case EndAtDischarge():
            return end_at_discharge(command, homework)
        case EndByDeath():
            return end_by_death(command, homework)
        case CorrectDeath():
            return correct_death(command, homework)
        case _:
            assert_never(command)
