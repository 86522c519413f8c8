"""How ready, how confident, how important (C15), how useful and difficult (C39), and what is
adjusted because of it (C16): the frequency, the task, its pace.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.decider import Advice, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.changing import changed
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Prose
from services.assignment.domain.homework import OPEN, Homework, having_told, must_be_open
from services.assignment.domain.plan import FrequencyReduced, reduce
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import (
    Party,
    RatingId,
    as_said,
    must_share_a_scale,
    party,
)

AdjustmentId = NewType("AdjustmentId", UUID)
TaskRatingId = NewType("TaskRatingId", UUID)

Suggestion = Literal["grade_components", "reduce_frequency", "revisit_rationale"]
Reason = Literal["overwhelming", "obstacle", "progress", "preference", "other"]

LOW_CONFIDENCE = 0.7
"""Where a clinic has set nothing else. A prompt to talk about it, not a clinical claim."""

_READINESS_SCALES = {(0, 10), (0, 100)}


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """At least one of the three, all on 0-10 or all on 0-100, and the two follow-up questions."""

    readiness: Rating | None = None
    confidence: Rating | None = None
    importance: Rating | None = None
    why_not_lower: Prose | None = None
    what_would_raise: Prose | None = None


@dataclass(frozen=True, kw_only=True)
class TaskFeedback:
    utility: Rating | None = None
    difficulty: Rating | None = None
    comment: Prose | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRated(Readiness):
    """How ready, confident and important, at least one of them, all on one scale."""

    rating_id: RatingId
    rated_by: Party
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentSuggested:
    """A prompt (P1); the therapist decides. `threshold` is the clinic's, from 0 to 1."""

    because_rating_id: RatingId
    suggestions: tuple[Suggestion, ...]
    threshold: float
    suggested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRated(TaskFeedback):
    """How useful and how difficult the task is, or seems."""

    task_rating_id: TaskRatingId
    rated_by: Party
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAdjusted:
    """`because_rating_id` names the rating that gave the reason, where one did."""

    adjustment_id: AdjustmentId
    reason: Reason
    because_rating_id: RatingId | None = None
    what: Prose | None = None
    adjusted_by: Party
    adjusted_at: datetime


Fact = ReadinessRated | AdjustmentSuggested | TaskRated | AssignmentAdjusted


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case ReadinessRated():
            ratings = homework.ratings | {fact.rating_id}
            return having_told(changed(homework, ratings=ratings), fact.rating_id)
        case AdjustmentSuggested():
            return homework
        case TaskRated():
            return having_told(homework, fact.task_rating_id)
        case AssignmentAdjusted():
            return having_told(homework, fact.adjustment_id)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RateReadiness(Told, Readiness):
    """`low_confidence_below` is the clinic's setting."""

    id: Annotated[RatingId, MINTED]
    low_confidence_below: Annotated[float, Ge(0), Le(1), LOOKED_UP] = LOW_CONFIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTask(Told, TaskFeedback):
    """How useful and how hard it was, or seems."""

    id: Annotated[TaskRatingId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustAssignment(Told):
    """With a `frequency` it is reduced in the same breath; a lower one only, in the same unit."""

    id: Annotated[AdjustmentId, MINTED]
    reason: Reason
    because_rating_id: RatingId | None = None
    what: Prose | None = None
    frequency: Frequency | None = None


Request = RateReadiness | RateTask | AdjustAssignment


class NothingRated(Rejected):
    code = "nothing-rated"


class NotAReadinessScale(Rejected):
    code = "not-a-readiness-scale"


class UnknownRating(Rejected):
    code = "rating-unknown"
    pointer = "/because_rating_id"


LOW = {
    name: Advice(f"low-{name}", f"The {name} is rated below the clinic's threshold.")
    for name in ("readiness", "confidence", "importance")
}

# --- Rules. ---


def rate(command: RateReadiness, homework: Homework) -> Sequence[Fact]:
    must_be_a_readiness(command)
    fact = ReadinessRated(
        **as_said(Readiness, command),
        rating_id=command.id,
        rated_by=party(command.by),
        rated_at=command.happened_at,
    )
    suggestions = _suggestions(command, command.low_confidence_below)
    if not suggestions or homework.status not in OPEN:
        return [fact]
    return [
        fact,
        AdjustmentSuggested(
            because_rating_id=command.id,
            suggestions=suggestions,
            threshold=command.low_confidence_below,
            suggested_at=command.happened_at,
        ),
    ]


def must_be_a_readiness(said: Readiness) -> None:
    ratings = [each for each in (said.readiness, said.confidence, said.importance) if each]
    if not ratings:
        raise NothingRated
    must_share_a_scale(*ratings)
    if (ratings[0].scale.min, ratings[0].scale.max) not in _READINESS_SCALES:
        raise NotAReadinessScale(ratings[0])
    for rating in ratings:
        must_lie_on_its_scale(rating)


def _suggestions(said: Readiness, threshold: float) -> tuple[Suggestion, ...]:
    easier: tuple[Suggestion, ...] = ("grade_components", "reduce_frequency")
    low = _is_low(said.readiness, threshold) or _is_low(said.confidence, threshold)
    unimportant = _is_low(said.importance, threshold)
    return (*(easier if low else ()), *(("revisit_rationale",) if unimportant else ()))


def _is_low(rating: Rating | None, threshold: float) -> bool:
    return rating is not None and rating.normalised < threshold


def what_low_ratings_suggest(
    said: Readiness, threshold: float, *, within: str = ""
) -> Sequence[Notice]:
    return [
        LOW[name].at(f"{within}/{name}")
        for name, rating in (
            ("readiness", said.readiness),
            ("confidence", said.confidence),
            ("importance", said.importance),
        )
        if _is_low(rating, threshold)
    ]


def rate_task(command: RateTask) -> Sequence[Fact]:
    if command.utility is None and command.difficulty is None:
        raise NothingRated
    for rating in (command.utility, command.difficulty):
        must_lie_on_its_scale(rating)
    return [
        TaskRated(
            **as_said(TaskFeedback, command),
            task_rating_id=command.id,
            rated_by=party(command.by),
            rated_at=command.happened_at,
        )
    ]


def must_be_known(rating_id: RatingId | None, homework: Homework) -> None:
    if rating_id is not None and rating_id not in homework.ratings:
        raise UnknownRating


def adjust(
    command: AdjustAssignment, homework: Homework
) -> Sequence[AssignmentAdjusted | FrequencyReduced]:
    must_be_open(homework)
    must_be_known(command.because_rating_id, homework)
    adjusted = AssignmentAdjusted(
        adjustment_id=command.id,
        reason=command.reason,
        because_rating_id=command.because_rating_id,
        what=command.what,
        adjusted_by=party(command.by),
        adjusted_at=command.happened_at,
    )
    if command.frequency is None:
        return [adjusted]
    reduced = reduce(
        command.frequency,
        homework,
        because=command.because_rating_id,
        at=command.happened_at,
    )
    return [adjusted, reduced]


def decide(command: Request, homework: Homework) -> Sequence[Fact | FrequencyReduced]:
    match command:
        case RateReadiness():
            return rate(command, homework)
        case RateTask():
            return rate_task(command)
        case AdjustAssignment():
            return adjust(command, homework)
        case _:
            assert_never(command)
