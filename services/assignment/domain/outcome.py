"""When homework becomes active, and when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.decider import Advice, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.text import Prose
from services.assignment.domain.due import (
    DueDateMoved,
    Meeting,
    moved,
)
from services.assignment.domain.homework import (
    UNDER_WAY,
    Homework,
    UnknownOccurrence,
    ended,
    having_told,
    must_be_open,
    must_be_under_way,
)
from services.assignment.domain.occurrences import OccurrenceCompleted, done_by
from services.assignment.domain.situation import started
from services.assignment.domain.terms import (
    OccurrenceId,
    Period,
    as_said,
    must_have_happened,
    party,
)

CompletionId = NewType("CompletionId", UUID)

CompletedBy = Literal["patient_report", "therapist_confirmation"]


@dataclass(frozen=True, kw_only=True)
class Doing:
    """`quantity` is the share of what was planned, in percent."""

    quantity: Annotated[int, Ge(1), Le(100)] = 100
    experienced_at: Period | None = None
    occurrence_id: OccurrenceId | None = None
    note: Prose | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentActivated:
    """Both had agreed, and the homework was given: from now on it may be done."""

    plan_version: int
    activated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkCompleted(Doing):
    """The homework is done, wholly or in part (`quantity`, in percent), and over."""

    completion_id: CompletionId
    completed_by: CompletedBy
    completed_at: datetime


Fact = AssignmentActivated | HomeworkCompleted


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentActivated():
            return _active(homework, fact.activated_at)
        case HomeworkCompleted():
            begun = fact.experienced_at.start if fact.experienced_at else fact.completed_at
            done = started(ended(homework, "completed", fact.completed_at), begun)
            return having_told(done, fact.completion_id)
        case _:
            assert_never(fact)


def _active(homework: Homework, at: datetime) -> Homework:
    """The plan applies from now on: what it would have asked for before was not yet homework."""
    schedule = homework.schedule and replace(
        homework.schedule, begins=max(at, homework.schedule.begins)
    )
    return replace(homework, status="active", given_at=at, schedule=schedule)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateAssignment(Told):
    """`meeting` is the next session after this moment, when the homework is given;
    `rationale_gate` is the clinic's setting.
    """

    meeting: Annotated[Meeting | None, LOOKED_UP] = None
    rationale_gate: Annotated[bool, LOOKED_UP] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteHomework(Told, Doing):
    """The homework is done, wholly or in part; this ends it."""

    id: Annotated[CompletionId, MINTED]


class NotAgreed(Rejected):
    """Homework begins when both have agreed on it; a therapist may attest what was said."""

    code = "not-agreed"


class RationaleMissing(Rejected):
    """This clinic begins no homework without a rationale."""

    code = "rationale-missing"


NO_RATIONALE = Advice("no-rationale", "Nobody has said yet why this homework is worth doing.")
NO_GOAL = Advice("no-goal", "No rationale links this homework to a goal yet.")

# --- Rules. ---


def activate(
    command: ActivateAssignment, homework: Homework
) -> Sequence[AssignmentActivated | DueDateMoved]:
    must_be_open(homework)
    if homework.status in UNDER_WAY:
        return []
    if homework.status != "agreed":
        raise NotAgreed
    if command.rationale_gate and not homework.has_rationale:
        raise RationaleMissing
    activated = AssignmentActivated(
        plan_version=homework.plan_version, activated_at=command.happened_at
    )
    if homework.due.named_session_id is not None:
        return [activated]
    return [
        activated,
        *moved(homework, command.meeting, because="given_later", at=command.happened_at),
    ]


def what_is_missing(homework: Homework) -> Sequence[Notice]:
    """What a clinician may want to add (C05)."""
    return [
        notice
        for notice, missing in (
            (NO_RATIONALE.at(), not homework.has_rationale),
            (NO_GOAL.at(), not homework.has_goal),
        )
        if missing
    ]


def complete(command: CompleteHomework, homework: Homework) -> Sequence[Fact | OccurrenceCompleted]:
    """Done is done: told again by the other side, it changes nothing."""
    if homework.status == "completed":
        return []
    must_be_under_way(homework)
    must_have_happened(command.experienced_at, command)
    when = command.experienced_at or Period(start=command.happened_at)
    occurrence_id = occurrence_done(command.occurrence_id, when, homework)
    completed = HomeworkCompleted(
        **as_said(Doing, command) | {"occurrence_id": occurrence_id},
        completion_id=command.id,
        completed_by=who_says_so(command),
        completed_at=command.happened_at,
    )
    window = as_an_occurrence(
        occurrence_id,
        homework,
        experienced_at=command.experienced_at,
        quantity=command.quantity,
        at=command.happened_at,
    )
    return [*window, completed]


def who_says_so(command: Told) -> CompletedBy:
    return "patient_report" if party(command.by) == "patient" else "therapist_confirmation"


def as_an_occurrence(
    occurrence_id: OccurrenceId | None,
    homework: Homework,
    *,
    experienced_at: Period | None,
    quantity: int,
    at: datetime,
) -> Sequence[OccurrenceCompleted]:
    """The window in which it was done, unless that was told before."""
    if occurrence_id is None or occurrence_id in homework.done_occurrences:
        return []
    return [
        OccurrenceCompleted(
            occurrence_id=occurrence_id,
            experienced_at=experienced_at,
            quantity=quantity,
            completed_at=at,
        )
    ]


def occurrence_done(
    named: OccurrenceId | None, when: Period, homework: Homework
) -> OccurrenceId | None:
    if named is None:
        return done_by(when, {**homework.missed_occurrences, **homework.open_occurrences})
    known = (homework.open_occurrences, homework.missed_occurrences, homework.done_occurrences)
    if not any(named in each for each in known):
        raise UnknownOccurrence
    return named
