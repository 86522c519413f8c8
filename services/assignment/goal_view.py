"""What GET shows of a goal: as it stands, and what was said of its progress."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.eventstore.recorded import Recorded
from services.assignment.domain import goal
from services.assignment.domain.goal_course import (
    Achievement,
    GoalClosed,
    GoalProgressRecorded,
    GoalRevised,
    GoalTarget,
)
from services.assignment.domain.terms import GoalId, Party, PatientId, Statement, TherapistId
from services.assignment.telling import HistoryEntry, all_of, told_in


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """A goal as it stands; its `achievement` is the last that was recorded."""

    id: GoalId
    patient_id: PatientId
    therapist_id: TherapistId
    statement: Statement
    target: GoalTarget | None
    lifecycle: Literal["active", "completed", "cancelled"]
    achievement: Achievement
    set_by: Party
    set_at: datetime
    progress: tuple[GoalProgressRecorded, ...]
    closing: GoalClosed | None
    history: tuple[HistoryEntry, ...]


def of_goal(history: Sequence[tuple[Recorded, goal.Event]]) -> GoalView:
    facts = [fact for _, fact in history]
    first = facts[0]
    assert isinstance(first, goal.GoalSet)  # noqa: S101 - a stream begins with it
    said = next(reversed(all_of(facts, GoalRevised)), first)
    closing = next(iter(all_of(facts, GoalClosed)), None)
    return GoalView(
        id=first.goal_id,
        patient_id=first.patient_id,
        therapist_id=first.therapist_id,
        statement=said.statement,
        target=said.target,
        lifecycle=closing.lifecycle if closing else "active",
        achievement=_achievement(facts),
        set_by=first.set_by,
        set_at=first.set_at,
        progress=all_of(facts, GoalProgressRecorded),
        closing=closing,
        history=told_in(history),
    )


def _achievement(facts: Sequence[goal.Event]) -> Achievement:
    reached: Achievement = "in_progress"
    for fact in facts:
        if isinstance(fact, GoalProgressRecorded | GoalClosed):
            reached = fact.achievement or reached
    return reached
