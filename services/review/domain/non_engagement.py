"""Homework that was not done is not a failure: something was learned (C23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NewType
from uuid import UUID

from annotated_types import MaxLen

from libs.eventstore.decider import Advice, Notice
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Prose
from services.review.domain.state import OccurrenceId, Opened, State, opened

LearningId = NewType("LearningId", UUID)
Engagement = Literal["not_attempted", "attempted", "partly_done"]
Reevaluated = Literal["worth", "difficulty", "other"]
Direction = Literal["higher", "lower", "same"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class NonEngagementRecorded:
    """How far the patient came where homework was not done; no failure."""

    engagement: Engagement
    occurrence_ids: tuple[OccurrenceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NonEngagementLearned:
    """`reevaluated` is what the patient now sees otherwise, `direction` which way."""

    learning_id: LearningId
    reevaluated: Reevaluated
    direction: Direction
    text: Prose


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNonEngagement(Told):
    """How far the patient came where homework was not done; no failure."""

    engagement: Engagement
    occurrence_ids: Annotated[tuple[OccurrenceId, ...], MaxLen(50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNonEngagementLearning(Told):
    """`reevaluated` is what the patient now sees otherwise, `direction` which way."""

    id: Annotated[LearningId, MINTED]
    reevaluated: Reevaluated
    direction: Direction
    text: Prose


NOT_ATTEMPTED_BUT_DONE = Advice(
    "not-attempted-but-done", "Some of the homework is recorded as done, too."
)

# --- Rules. ---


def record_non_engagement(
    command: RecordNonEngagement, state: State
) -> Sequence[NonEngagementRecorded]:
    opened(state)
    return [
        NonEngagementRecorded(engagement=command.engagement, occurrence_ids=command.occurrence_ids)
    ]


def record_learning(
    command: RecordNonEngagementLearning, state: State
) -> Sequence[NonEngagementLearned]:
    if command.id in opened(state).told:
        return []
    return [
        NonEngagementLearned(
            learning_id=command.id,
            reevaluated=command.reevaluated,
            direction=command.direction,
            text=command.text,
        )
    ]


def not_attempted_but_done(command: RecordNonEngagement, state: Opened) -> Sequence[Notice]:
    # Some occurrences may have been done and others not, so this is worth saying, not refusing.
    if command.engagement == "not_attempted" and state.work_done:
        return [NOT_ATTEMPTED_BUT_DONE.at("/engagement")]
    return []
