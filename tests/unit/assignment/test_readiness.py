from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.testing.cast import FOR_MASHA, NOW, PATIENT
from libs.vocabulary.rating import Rating, RatingOutsideScale, Scale
from services.assignment.domain.assignment import decider
from services.assignment.domain.homework import NotOpen
from services.assignment.domain.outcome import CompleteHomework
from services.assignment.domain.plan import (
    FrequencyNotLower,
    FrequencyReduced,
    FrequencyUnitDiffers,
    NoFrequencyYet,
    SpecifyPlan,
)
from services.assignment.domain.readiness import (
    AdjustAssignment,
    AdjustmentId,
    AdjustmentSuggested,
    AssignmentAdjusted,
    NotAReadinessScale,
    NothingRated,
    RateReadiness,
    RateTask,
    ReadinessRated,
    TaskRated,
    TaskRatingId,
    UnknownRating,
)
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import RatingId, ScalesDiffer
from tests.unit.assignment.cases import (
    activate,
    after,
    agree,
    create,
    homework,
    nothing_yet,
    of_hundred,
    of_ten,
    told,
)

RATING = RatingId(UUID(int=1))
ADJUSTMENT = AdjustmentId(UUID(int=2))

rate = told(RateReadiness, by=PATIENT, id=RATING, confidence=of_ten(8))
plan = told(SpecifyPlan, frequency=Frequency(count=3, per="week"))
adjust = told(AdjustAssignment, id=ADJUSTMENT, reason="overwhelming")


def at_now(rating: Rating) -> Rating:
    return replace(rating, rated_at=NOW)


def before(rating: Rating) -> Rating:
    return replace(rating, rated_at=NOW, phase="before_homework")


def test_c15_readiness_confidence_and_importance_on_one_scale() -> None:
    homework().when(
        replace(
            rate,
            readiness=of_ten(7),
            importance=of_ten(9),
            why_not_lower="I know him.",
            what_would_raise="Knowing what to say.",
        )
    ).then(
        ReadinessRated(
            rating_id=RATING,
            readiness=before(of_ten(7)),
            confidence=before(of_ten(8)),
            importance=before(of_ten(9)),
            why_not_lower="I know him.",
            what_would_raise="Knowing what to say.",
            rated_by="patient",
            rated_at=NOW,
        )
    )


def test_c15_what_the_therapist_writes_down_is_the_patients_rating() -> None:
    rated, *_ = decider.decide(replace(rate, by=FOR_MASHA), decider.fold(homework().history))
    assert isinstance(rated, ReadinessRated)
    assert rated.confidence is not None
    assert (rated.rated_by, rated.confidence.rater_role) == ("patient", "patient")


def test_c15_at_least_one_is_rated() -> None:
    homework().when(replace(rate, confidence=None)).then_rejected(NothingRated)


def test_c15_all_of_one_event_are_on_one_scale() -> None:
    homework().when(replace(rate, readiness=of_hundred(80))).then_rejected(ScalesDiffer)


@pytest.mark.parametrize("scale", [Scale(min=0, max=5), Scale(min=1, max=10), Scale(min=0, max=8)])
def test_c15_the_scale_goes_to_ten_or_to_a_hundred(scale: Scale) -> None:
    homework().when(replace(rate, confidence=Rating(value=4, scale=scale))).then_rejected(
        NotAReadinessScale
    )


def test_c15_a_rating_lies_on_its_scale() -> None:
    homework().when(replace(rate, confidence=of_ten(11))).then_rejected(RatingOutsideScale)


@pytest.mark.parametrize(
    "low", [{"confidence": of_ten(6)}, {"confidence": of_hundred(69)}, {"readiness": of_ten(0)}]
)
def test_p1_low_confidence_or_readiness_suggests_to_grade_or_to_reduce(
    low: dict[str, Any],
) -> None:
    _, suggested = decider.decide(
        replace(rate, **({"confidence": None} | low)), decider.fold(homework().history)
    )
    assert suggested == AdjustmentSuggested(
        because_rating_id=RATING,
        suggestions=("grade_components", "reduce_frequency"),
        threshold=0.7,
        suggested_at=NOW,
    )


def test_p1_low_importance_suggests_going_back_to_the_rationale() -> None:
    _, suggested = decider.decide(
        replace(rate, confidence=None, importance=of_ten(3)), decider.fold(homework().history)
    )
    assert isinstance(suggested, AdjustmentSuggested)
    assert suggested.suggestions == ("revisit_rationale",)


def test_p1_the_threshold_is_the_clinics_and_meeting_it_is_enough() -> None:
    strict = replace(rate, low_confidence_below=0.9)
    assert len(decider.decide(strict, decider.fold(homework().history))) == 2
    just = replace(rate, confidence=of_ten(7))
    assert len(decider.decide(just, decider.fold(homework().history))) == 1


def test_p1_nothing_is_suggested_for_homework_that_is_over() -> None:
    over = homework(agree, activate, told(CompleteHomework, by=PATIENT, id=UUID(int=9)))
    low = replace(rate, confidence=of_ten(4))
    assert [type(fact) for fact in decider.decide(low, decider.fold(over.history))] == [
        ReadinessRated
    ]


def test_p1_the_one_who_rates_gets_a_notice() -> None:
    low = replace(rate, confidence=of_ten(6), importance=of_ten(9))
    state = decider.fold(homework(low).history)
    assert decider.advise(low, state) == [Notice("low-confidence", "/confidence")]


def test_c15_a_rating_told_again_is_the_same() -> None:
    homework(rate).when(rate).then_nothing_changes()


def test_c39_utility_and_difficulty() -> None:
    task = told(RateTask, by=PATIENT, id=TaskRatingId(UUID(int=3)), difficulty=of_ten(6))
    homework().when(task).then(
        TaskRated(
            task_rating_id=TaskRatingId(UUID(int=3)),
            difficulty=at_now(of_ten(6)),
            rated_by="patient",
            rated_at=NOW,
        )
    )
    homework().when(replace(task, difficulty=None)).then_rejected(NothingRated)


def test_c16_homework_is_adjusted_because_of_a_rating() -> None:
    homework(rate).when(replace(adjust, because_rating_id=RATING, what="Two will do.")).then(
        AssignmentAdjusted(
            adjustment_id=ADJUSTMENT,
            reason="overwhelming",
            because_rating_id=RATING,
            what="Two will do.",
            adjusted_by="therapist",
            adjusted_at=NOW,
        )
    )


def test_c16_the_rating_that_gave_the_reason_exists() -> None:
    homework().when(replace(adjust, because_rating_id=RATING)).then_rejected(UnknownRating)


def test_c16_the_frequency_is_reduced_within_one_unit() -> None:
    twice = replace(adjust, because_rating_id=RATING, frequency=Frequency(count=2, per="week"))
    homework(rate, plan).when(twice).then(
        AssignmentAdjusted(
            adjustment_id=ADJUSTMENT,
            reason="overwhelming",
            because_rating_id=RATING,
            adjusted_by="therapist",
            adjusted_at=NOW,
        ),
        FrequencyReduced(
            plan_version=2,
            before=Frequency(count=3, per="week"),
            after=Frequency(count=2, per="week"),
            because_rating_id=RATING,
            reduced_at=NOW,
        ),
    )


@pytest.mark.parametrize("count", [3, 4])
def test_c16_a_reduced_frequency_is_lower(count: int) -> None:
    frequency = Frequency(count=count, per="week")
    homework(plan).when(replace(adjust, frequency=frequency)).then_rejected(FrequencyNotLower)


def test_c16_frequencies_of_different_units_are_not_compared() -> None:
    daily = Frequency(count=1, per="day")
    homework(plan).when(replace(adjust, frequency=daily)).then_rejected(FrequencyUnitDiffers)


def test_c16_without_a_frequency_there_is_none_to_reduce() -> None:
    once = Frequency(count=1, per="week")
    homework().when(replace(adjust, frequency=once)).then_rejected(NoFrequencyYet)


def test_c16_what_is_done_is_not_adjusted() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=9))
    finished = nothing_yet.given(*after(create(), agree, activate, done))
    finished.when(adjust).then_rejected(NotOpen)
