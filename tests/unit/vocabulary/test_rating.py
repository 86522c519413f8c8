"""A rating says whose it is, when it was made and in which phase, wherever in a fact it stands."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from libs.eventstore.telling import Actor, Told
from libs.testing.cast import FOR_MASHA, NOW, PATIENT, THERAPIST
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.rating import Rating, Scale, as_told

YESTERDAY = NOW - timedelta(days=1)
FIVE = Rating(value=5, scale=Scale(min=0, max=10))
DATED = replace(FIVE, rated_at=NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    minutes: int = 20
    comfort: Rating | None = None
    experience: Experience | None = None


def told(by: Actor = THERAPIST) -> Told:
    return Told(by=by, happened_at=NOW, now=NOW + timedelta(days=3))


def test_a_rating_is_made_when_it_was_told_by_the_worlds_clock() -> None:
    assert as_told(Practised(comfort=FIVE), told()) == Practised(comfort=DATED)


def test_a_rating_within_lists_is_dated_too() -> None:
    felt = Experience(thoughts=("Go on.",), feelings=(Feeling(name="calm", intensity=FIVE),))
    dated = replace(felt, feelings=(Feeling(name="calm", intensity=DATED),))
    assert as_told(Practised(experience=felt), told()) == Practised(experience=dated)


def test_what_was_said_of_a_rating_stands() -> None:
    said = replace(FIVE, rater_role="observer", rated_at=YESTERDAY, phase="planning")
    assert as_told(said, told(), phase="at_review") == said


def test_a_rating_is_of_the_phase_in_which_it_is_told() -> None:
    assert as_told(FIVE, told(), phase="at_review") == replace(DATED, phase="at_review")


@pytest.mark.parametrize("by", [PATIENT, FOR_MASHA])
def test_patients_rate_for_themselves(by: Actor) -> None:
    assert as_told(replace(FIVE, rater_role="observer"), told(by)) == DATED


def test_what_holds_no_rating_is_left_as_it_is() -> None:
    practised = Practised(experience=Experience(feelings=(Feeling(name="calm"),)))
    assert as_told(practised, told()) == practised
