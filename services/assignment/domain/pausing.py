"""Homework that rests for a while (illness, holiday, admission), and goes on.

What a plan asks for between `paused_at` and `resumed_at` does not apply: nobody missed it. The
spans stand in `Homework.pauses`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from libs.eventstore.telling import Told
from libs.vocabulary.text import Prose
from services.assignment.domain.homework import Homework, going_on, must_be_under_way
from services.assignment.domain.resting import Pause
from services.assignment.domain.terms import Party, party

PauseReason = Literal["illness", "holiday", "admission", "other"]

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentPaused:
    """From now on the homework rests."""

    reason: PauseReason
    note: Prose | None = None
    paused_by: Party
    paused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentResumed:
    """The homework goes on where it rested."""

    resumed_by: Party
    resumed_at: datetime


Fact = AssignmentPaused | AssignmentResumed


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentPaused():
            if homework.status != "active":
                return homework
            pauses = (*homework.pauses, Pause(since=fact.paused_at))
            return replace(homework, status="paused", pauses=pauses)
        case AssignmentResumed():
            if homework.status != "paused":
                return homework
            return going_on(homework, fact.resumed_at)
        case _:
            assert_never(fact)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseAssignment(Told):
    """Nothing is asked for and nobody is reminded until it is resumed."""

    reason: PauseReason
    note: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeAssignment(Told):
    """It goes on from now, as planned."""


Request = PauseAssignment | ResumeAssignment

# --- Rules. ---


def pause(command: PauseAssignment, homework: Homework) -> Sequence[Fact]:
    must_be_under_way(homework)
    if homework.status == "paused":
        return []
    return [
        AssignmentPaused(
            reason=command.reason,
            note=command.note,
            paused_by=party(command.by),
            paused_at=command.happened_at,
        )
    ]


def resume(command: ResumeAssignment, homework: Homework) -> Sequence[Fact]:
    must_be_under_way(homework)
    if homework.status == "active":
        return []
    return [AssignmentResumed(resumed_by=party(command.by), resumed_at=command.happened_at)]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case PauseAssignment():
            return pause(command, homework)
        case ResumeAssignment():
            return resume(command, homework)
        case _:
            assert_never(command)
