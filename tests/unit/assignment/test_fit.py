"""C13, C38: how homework fits with what the patient prefers, values and believes about change."""

from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import FOR_MASHA, NOW, PATIENT
from libs.vocabulary.rating import Rating, RatingOutsideScale
from services.assignment.domain.fit import ExploreFit, FitExplored, FitId, NothingExplored
from services.assignment.domain.reasons import BeliefIncomplete, ChangeBelief
from tests.unit.assignment.cases import TEN, homework, of_ten, told

FIT = FitId(UUID(int=4))
BELIEF = ChangeBelief(if_text="I ask and nobody minds", then_text="I will dare to ask again")


@pytest.mark.parametrize(
    "said",
    [
        {"preferences": ("One person at a time.",)},
        {"values": ("To be somebody whom people can come to.",)},
        {"change_beliefs": (BELIEF,)},
    ],
    ids=lambda said: next(iter(said)),
)
def test_c13_one_of_the_three_is_enough(said: dict[str, Any]) -> None:
    homework().when(told(ExploreFit, by=PATIENT, id=FIT, **said)).then(
        FitExplored(fit_id=FIT, told_by="patient", explored_at=NOW, **said)
    )


def test_c13_what_the_therapist_writes_down_is_the_patients() -> None:
    homework().when(told(ExploreFit, by=FOR_MASHA, id=FIT, values=("Family.",))).then(
        FitExplored(fit_id=FIT, values=("Family.",), told_by="patient", explored_at=NOW)
    )


def test_c13_how_well_it_fits_may_be_rated_on_its_own_scale() -> None:
    rated = told(ExploreFit, by=PATIENT, id=FIT, values=("Family.",), fit=of_ten(7))
    said = homework().when(rated)._decide()
    (fact,) = said
    assert isinstance(fact, FitExplored)
    assert fact.fit is not None
    assert (fact.fit.value, fact.fit.phase) == (7, "planning")


def test_c13_a_rating_beyond_its_scale_is_refused() -> None:
    beyond = Rating(value=11, scale=TEN)
    homework().when(told(ExploreFit, id=FIT, values=("Family.",), fit=beyond)).then_rejected(
        RatingOutsideScale
    )


def test_c13_nothing_explored_is_nothing() -> None:
    homework().when(told(ExploreFit, id=FIT, fit=of_ten(7))).then_rejected(NothingExplored)


def test_c38_a_belief_has_its_if_and_its_then() -> None:
    half = ChangeBelief(if_text="I ask")
    homework().when(told(ExploreFit, id=FIT, change_beliefs=(half,))).then_rejected(
        BeliefIncomplete
    )


def test_c13_told_again_it_is_the_same() -> None:
    explore = told(ExploreFit, id=FIT, values=("Family.",))
    homework(explore).when(explore).then_nothing_changes()
