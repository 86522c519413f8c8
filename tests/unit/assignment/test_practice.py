"""Practice in the session: in imagination or live, and what is found in it."""

from dataclasses import replace
from datetime import time
from uuid import UUID

import pytest

from libs.testing.cast import NOW, PATIENT
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.obstacle import Obstacle
from libs.vocabulary.rating import Rating, RatingOutsideScale
from services.assignment.domain.assignment import decider
from services.assignment.domain.obstacles import ObstacleResponsePlanned, PlanObstacleResponse
from services.assignment.domain.practice import (
    ImageryAnchor,
    ImageryAnchorMissing,
    OfferPractice,
    PracticeOffered,
    PracticeOfferId,
    PracticeRecorded,
    PracticeRequested,
    PracticeRequestId,
    RecordPractice,
    RequestPractice,
    Step,
    StepsOutOfOrder,
)
from services.assignment.domain.terms import PracticeId, ResponseId
from tests.unit.assignment.cases import OBSTACLE, SESSION_2, homework, of_ten, told

AT_MY_DESK = ImageryAnchor(day_of_week="monday", time=time(11), place="At my desk")

imagine = told(
    RecordPractice,
    id=PracticeId(UUID(int=4)),
    mode="guided_imagery",
    session_id=SESSION_2.session_id,
    outcome="ready",
    imagery_anchor=AT_MY_DESK,
    steps_rehearsed=(
        Step(n=1, who="patient", text="Hey! How's it going?"),
        Step(n=2, who="other", text="I don't know what he would say."),
    ),
)


def test_c07_practice_by_guided_imagery_starts_from_an_anchor_c29() -> None:
    (recorded,) = decider.decide(imagine, decider.fold(homework().history))
    assert isinstance(recorded, PracticeRecorded)
    assert (recorded.imagery_anchor, recorded.practised_at) == (AT_MY_DESK, NOW)


@pytest.mark.parametrize("anchor", [None, ImageryAnchor()])
def test_c29_without_an_anchor_nothing_brings_the_future_into_the_present(
    anchor: ImageryAnchor | None,
) -> None:
    homework().when(replace(imagine, imagery_anchor=anchor)).then_rejected(ImageryAnchorMissing)


def test_c07_live_practice_needs_no_anchor() -> None:
    live = replace(imagine, mode="live", imagery_anchor=None)
    assert decider.decide(live, decider.fold(homework().history))


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_c33_rehearsed_steps_are_in_order(numbers: tuple[int, int]) -> None:
    steps = tuple(Step(n=n, who="patient", text="Hey!") for n in numbers)
    homework().when(replace(imagine, steps_rehearsed=steps)).then_rejected(StepsOutOfOrder)


def test_c07_feelings_in_practice_lie_on_their_scale() -> None:
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(11)),))
    homework().when(replace(imagine, experience=experience)).then_rejected(RatingOutsideScale)


def in_practice(rating: Rating) -> Rating:
    return replace(rating, rated_at=NOW, phase="in_session_practice")


def test_c07_what_is_rated_in_practice_is_rated_then_and_there() -> None:
    found = Obstacle(
        id=OBSTACLE,
        category="other",
        text="I forget what to say.",
        phase="anticipated",
        likelihood=of_ten(7),
    )
    experience = Experience(feelings=(Feeling(name="anxious", intensity=of_ten(4)),))
    practised = replace(imagine, experience=experience, obstacles_found=(found,))
    [fact] = decider.decide(practised, decider.fold(homework().history))
    assert isinstance(fact, PracticeRecorded)
    assert fact.experience is not None
    assert fact.experience.feelings[0].intensity == in_practice(of_ten(4))
    assert fact.obstacles_found[0].likelihood == in_practice(of_ten(7))


def test_c07_an_obstacle_found_in_practice_can_be_answered() -> None:
    found = Obstacle(
        id=OBSTACLE, category="other", text="I forget what to say.", phase="anticipated"
    )
    respond = told(
        PlanObstacleResponse,
        id=ResponseId(UUID(int=8)),
        obstacle_id=OBSTACLE,
        if_text="If I forget",
        then_text="I ask about his weekend.",
    )
    homework(replace(imagine, obstacles_found=(found,))).when(respond).then(
        ObstacleResponsePlanned(
            response_id=ResponseId(UUID(int=8)),
            obstacle_id=OBSTACLE,
            if_text="If I forget",
            then_text="I ask about his weekend.",
            planned_by="therapist",
            planned_at=NOW,
        )
    )


def test_c28_practice_is_offered_and_asked_for() -> None:
    homework().when(told(OfferPractice, id=PracticeOfferId(UUID(int=9)), response="accepted")).then(
        PracticeOffered(offer_id=PracticeOfferId(UUID(int=9)), response="accepted", offered_at=NOW)
    )
    homework().when(told(RequestPractice, by=PATIENT, id=PracticeRequestId(UUID(int=9)))).then(
        PracticeRequested(
            request_id=PracticeRequestId(UUID(int=9)), requested_by="patient", requested_at=NOW
        )
    )
