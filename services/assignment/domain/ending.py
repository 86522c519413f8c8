"""How homework ends when it was not wholly done: in part, not at all, or stopped.

Nothing done is not a failure: what was learned by it is what the review is for. A patient may stop
without a reason; whoever stops it for them gives one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Prose
from services.assignment.domain.agreement import OnlyTherapistAttests
from services.assignment.domain.homework import (
    Homework,
    ended,
    having_told,
    must_be_open,
    must_be_under_way,
)
from services.assignment.domain.occurrences import OccurrenceCompleted
from services.assignment.domain.outcome import (
    CompletedBy,
    CompletionId,
    as_an_occurrence,
    occurrence_done,
    who_says_so,
)
from services.assignment.domain.situation import started
from services.assignment.domain.terms import (
    OccurrenceId,
    Party,
    Period,
    as_said,
    must_have_happened,
    party,
)

NotDoneId = NewType("NotDoneId", UUID)


@dataclass(frozen=True, kw_only=True)
class DoneInPart:
    """`quantity` is the share of what was planned, in percent; a guess will do."""

    quantity: Annotated[int, Ge(1), Le(99)]
    experienced_at: Period | None = None
    occurrence_id: OccurrenceId | None = None
    note: Prose | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkPartiallyCompleted(DoneInPart):
    """A part of the homework was done, and it is over."""

    completion_id: CompletionId
    completed_by: CompletedBy
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkNotDone:
    """None of it was done, and it is over; what was learned by that belongs to the review."""

    not_done_id: NotDoneId
    note: Prose | None = None
    told_by: Party
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDiscontinued:
    """It was stopped, or given up when treatment ended (`because`, then by nobody in person).

    `attested`: the therapist says that the patient stopped.
    """

    because: Literal["stopped", "discharged"]
    reason: Prose | None = None
    discontinued_by: Party | None = None
    attested: bool = False
    discontinued_at: datetime


Fact = HomeworkPartiallyCompleted | HomeworkNotDone | AssignmentDiscontinued


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case HomeworkPartiallyCompleted():
            begun = fact.experienced_at.start if fact.experienced_at else fact.completed_at
            done = started(ended(homework, "partially_completed", fact.completed_at), begun)
            return having_told(done, fact.completion_id)
        case HomeworkNotDone():
            return having_told(ended(homework, "not_done", fact.told_at), fact.not_done_id)
        case AssignmentDiscontinued():
            return ended(homework, "discontinued", fact.discontinued_at)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletePartially(Told, DoneInPart):
    """A part of it was done, and it is left at that."""

    id: Annotated[CompletionId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNotDone(Told):
    """None of it was done, and it is left at that."""

    id: Annotated[NotDoneId, MINTED]
    note: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscontinueAssignment(Told):
    """It is not gone on with. A patient need not say why; by `attested` the therapist says that
    it was the patient who stopped.
    """

    reason: Prose | None = None
    attested: bool = False


Request = CompletePartially | RecordNotDone | DiscontinueAssignment


class ReasonMissing(Rejected):
    """A patient may stop without a reason; whoever stops it for them gives one."""

    code = "reason-missing"
    pointer = "/reason"


# --- Rules. ---


def complete_partially(
    command: CompletePartially, homework: Homework
) -> Sequence[HomeworkPartiallyCompleted | OccurrenceCompleted]:
    if homework.status == "partially_completed":
        return []
    must_be_under_way(homework)
    must_have_happened(command.experienced_at, command)
    when = command.experienced_at or Period(start=command.happened_at)
    occurrence_id = occurrence_done(command.occurrence_id, when, homework)
    done = HomeworkPartiallyCompleted(
        **as_said(DoneInPart, command) | {"occurrence_id": occurrence_id},
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
    return [*window, done]


def record_not_done(command: RecordNotDone, homework: Homework) -> Sequence[Fact]:
    if homework.status == "not_done":
        return []
    must_be_under_way(homework)
    return [
        HomeworkNotDone(
            not_done_id=command.id,
            note=command.note,
            told_by=party(command.by),
            told_at=command.happened_at,
        )
    ]


def discontinue(command: DiscontinueAssignment, homework: Homework) -> Sequence[Fact]:
    if command.attested and command.by.role != "therapist":
        raise OnlyTherapistAttests
    if homework.status == "discontinued":
        return []
    must_be_open(homework)
    by: Party = "patient" if command.attested else party(command.by)
    if by == "therapist" and command.reason is None:
        raise ReasonMissing
    return [
        AssignmentDiscontinued(
            because="stopped",
            reason=command.reason,
            discontinued_by=by,
            attested=command.attested,
            discontinued_at=command.happened_at,
        )
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact | OccurrenceCompleted]:
    match command:
        case CompletePartially():
            return complete_partially(command, homework)
        case RecordNotDone():
            return record_not_done(command, homework)
        case DiscontinueAssignment():
            return discontinue(command, homework)
        case _:
            assert_never(command)
