"""What becomes of a goal (C04): other words for it, how far it has come, its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.terms import CalendarDay, Party, Statement, party

RevisionId = NewType("RevisionId", UUID)
ProgressId = NewType("ProgressId", UUID)

Achievement = Literal[
    "in_progress",
    "improving",
    "worsening",
    "no_change",
    "achieved",
    "sustaining",
    "not_achieved",
    "no_progress",
    "not_attainable",
]
"""The codes of FHIR R4's goal-achievement, which spells them with hyphens."""

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
class GoalRevised:
    """The goal in other words, and how one would see it reached: both take the earlier's place."""

    revision_id: RevisionId
    statement: Statement
    target: GoalTarget | None = None
    revised_by: Party
    revised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalProgressRecorded:
    """How far the goal has come; `value` is of the target's measure, where it was counted."""

    progress_id: ProgressId
    achievement: Achievement
    value: Annotated[int, Ge(0), Le(1_000_000)] | None = None
    note: Prose | None = None
    told_by: Party
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalClosed:
    """Reached, or left alone; no homework is linked to it from now on."""

    lifecycle: Literal["completed", "cancelled"]
    achievement: Achievement | None = None
    note: Prose | None = None
    closed_by: Party
    closed_at: datetime


Fact = GoalRevised | GoalProgressRecorded | GoalClosed

# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseGoal(Told):
    """What therapy is for, in better words, or with another target."""

    id: Annotated[RevisionId, MINTED]
    statement: Statement
    target: GoalTarget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGoalProgress(Told):
    """How far it has come, as somebody sees it now."""

    id: Annotated[ProgressId, MINTED]
    achievement: Achievement
    value: Annotated[int, Ge(0), Le(1_000_000)] | None = None
    note: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseGoal(Told):
    """`completed`, or `cancelled` where it is not pursued any more."""

    lifecycle: Literal["completed", "cancelled"]
    achievement: Achievement | None = None
    note: Prose | None = None


Request = ReviseGoal | RecordGoalProgress | CloseGoal

# --- Rules. ---


def revise(command: ReviseGoal) -> Sequence[Fact]:
    return [
        GoalRevised(
            revision_id=command.id,
            statement=command.statement,
            target=command.target,
            revised_by=party(command.by),
            revised_at=command.happened_at,
        )
    ]


def record_progress(command: RecordGoalProgress) -> Sequence[Fact]:
    return [
        GoalProgressRecorded(
            progress_id=command.id,
            achievement=command.achievement,
            value=command.value,
            note=command.note,
            told_by=party(command.by),
            told_at=command.happened_at,
        )
    ]


def close(command: CloseGoal) -> Sequence[Fact]:
    return [
        GoalClosed(
            lifecycle=command.lifecycle,
            achievement=command.achievement,
            note=command.note,
            closed_by=party(command.by),
            closed_at=command.happened_at,
        )
    ]


def decide(command: Request) -> Sequence[Fact]:
    match command:
        case ReviseGoal():
            return revise(command)
        case RecordGoalProgress():
            return record_progress(command)
        case CloseGoal():
            return close(command)
        case _:
            assert_never(command)
