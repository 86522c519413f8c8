"""The situation ahead: thought through, predicted, and lived through."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from libs.testing.cast import FOR_MASHA, NOW, PATIENT
from libs.vocabulary.experience import Experience, Feeling
from services.assignment.domain.assignment import decider
from services.assignment.domain.situation import (
    ConceptualiseSituation,
    ExperienceId,
    ExperienceRecorded,
    LikelihoodNotToAHundred,
    NothingExperienced,
    PredictionId,
    PredictionStated,
    RecordExperience,
    SituationConceptualised,
    SituationId,
    StatePrediction,
)
from services.assignment.domain.terms import EndsBeforeItStarts, InTheFuture, Period
from tests.unit.assignment.cases import LATER, active, homework, of_hundred, of_ten, told

predict = told(
    StatePrediction,
    by=PATIENT,
    id=PredictionId(UUID(int=5)),
    prediction="He won't like the film.",
    observable_sign="He looks away.",
    likelihood=of_hundred(60),
)

live_through = told(
    RecordExperience,
    by=PATIENT,
    id=ExperienceId(UUID(int=6)),
    phase="during_homework",
    experience=Experience(thoughts=("Here he comes.",)),
    experienced_at=Period(start=NOW),
)


def test_c12_a_feeling_is_rated_in_the_phase_in_which_it_was_felt() -> None:
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(4)),))
    lived = told(
        RecordExperience,
        by=PATIENT,
        id=ExperienceId(UUID(int=9)),
        phase="during_homework",
        experience=experience,
    )
    fact = decider.decide(lived, decider.fold(homework().history))[0]
    assert isinstance(fact, ExperienceRecorded)
    assert fact.experience.feelings[0].intensity == replace(
        of_ten(4), rated_at=NOW, phase="during_homework"
    )


def test_c34_the_situation_is_thought_through() -> None:
    homework().when(
        told(
            ConceptualiseSituation,
            by=FOR_MASHA,
            id=SituationId(UUID(int=9)),
            situation="Larry has not answered.",
            thoughts=("I picked a stupid film.",),
            feelings=(Feeling(name="a bit anxious"),),
            urge_or_behaviour="I might just stop talking.",
        )
    ).then(
        SituationConceptualised(
            situation_id=SituationId(UUID(int=9)),
            situation="Larry has not answered.",
            thoughts=("I picked a stupid film.",),
            feelings=(Feeling(name="a bit anxious"),),
            urge_or_behaviour="I might just stop talking.",
            conceptualised_at=NOW,
        )
    )


def test_c12_an_experience_may_be_told_at_any_time() -> None:
    active().when(live_through).then(
        ExperienceRecorded(
            experience_id=ExperienceId(UUID(int=6)),
            phase="during_homework",
            experience=Experience(thoughts=("Here he comes.",)),
            experienced_at=Period(start=NOW),
            told_by="patient",
            told_at=NOW,
        )
    )


def test_c12_an_experience_says_something() -> None:
    active().when(replace(live_through, experience=Experience())).then_rejected(NothingExperienced)


def test_c12_nothing_is_told_that_is_still_to_come() -> None:
    ahead = Period(start=LATER)
    active().when(replace(live_through, experienced_at=ahead)).then_rejected(InTheFuture)
    backwards = Period(start=NOW, end=datetime(2026, 3, 2, 8, tzinfo=UTC))
    active().when(replace(live_through, experienced_at=backwards)).then_rejected(EndsBeforeItStarts)


def test_c35_a_prediction_with_its_observable_sign() -> None:
    homework().when(predict).then(
        PredictionStated(
            prediction_id=PredictionId(UUID(int=5)),
            prediction="He won't like the film.",
            observable_sign="He looks away.",
            likelihood=replace(of_hundred(60), rated_at=NOW),
            stated_afterwards=False,
            stated_by="patient",
            stated_at=NOW,
        )
    )


def test_c35_once_it_has_begun_a_prediction_is_kept_as_stated_afterwards() -> None:
    (stated,) = decider.decide(
        replace(predict, happened_at=LATER), decider.fold(active(live_through).history)
    )
    assert isinstance(stated, PredictionStated)
    assert stated.stated_afterwards


def test_c35_by_the_worlds_clock_a_prediction_told_late_was_still_in_time() -> None:
    before = datetime(2026, 3, 2, 8, tzinfo=UTC)
    (stated,) = decider.decide(
        replace(predict, happened_at=before), decider.fold(active(live_through).history)
    )
    assert isinstance(stated, PredictionStated)
    assert not stated.stated_afterwards


def test_c35_likelihood_goes_to_a_hundred() -> None:
    homework().when(replace(predict, likelihood=of_ten(6))).then_rejected(LikelihoodNotToAHundred)
