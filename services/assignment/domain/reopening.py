"""What ended is taken up again, with a reason; what was recorded by mistake is marked so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.text import Prose
from services.assignment.domain.homework import (
    ENDED,
    OPEN,
    Homework,
    OpenStatus,
    going_on,
)
from services.assignment.domain.terms import Party, party

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReopened:
    """It stands again where it stood before it ended (`status`).

    `because`: somebody took it up again, or the patient's death had been recorded in error (then
    by nobody in person, and without words).
    """

    because: Literal["taken_up_again", "death_corrected"]
    status: OpenStatus
    reason: Prose | None = None
    reopened_by: Party | None = None
    reopened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEnteredInError:
    """It was never homework of this patient; it stays readable, and counts nowhere."""

    reason: Prose
    entered_in_error_at: datetime


Fact = AssignmentReopened | AssignmentEnteredInError


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentReopened():
            if homework.status not in ENDED:
                return homework
            if fact.status == "active":
                return going_on(homework, fact.reopened_at)
            return replace(homework, status=fact.status)
        case AssignmentEnteredInError():
            return replace(homework, status="entered_in_error")
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAssignment(Told):
    """What ended goes on where it stood."""

    reason: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterInError(Told):
    """It was recorded by mistake: of another patient, or twice. There is no way back."""

    reason: Prose


Request = ReopenAssignment | EnterInError


class InError(Rejected):
    """What was entered in error never was homework; give it anew."""

    code = "entered-in-error"


class DeathNotCorrected(Rejected):
    """What ended by the patient's death goes on by itself when the clinic corrects that."""

    code = "death-not-corrected"


# --- Rules. ---


def reopen(command: ReopenAssignment, homework: Homework) -> Sequence[Fact]:
    if homework.status in OPEN:
        return []
    if homework.status == "entered_in_error":
        raise InError
    if homework.status == "ended_by_death":
        raise DeathNotCorrected
    return [
        AssignmentReopened(
            because="taken_up_again",
            status=homework.stood,
            reason=command.reason,
            reopened_by=party(command.by),
            reopened_at=command.happened_at,
        )
    ]


def enter_in_error(command: EnterInError, homework: Homework) -> Sequence[Fact]:
    if homework.status == "entered_in_error":
        return []
    return [
        AssignmentEnteredInError(reason=command.reason, entered_in_error_at=command.happened_at)
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case ReopenAssignment():
            return reopen(command, homework)
        case EnterInError():
            return enter_in_error(command, homework)
        case _:
            assert_never(command)
