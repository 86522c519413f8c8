"""Obstacles nobody foresaw, what it was like, and what homework is taken to mean (C21, C22)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Rejected
from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from libs.vocabulary.rating import Rating, RatingOutsideScale, Scale
from services.review.domain.meaning import (
    BeliefId,
    ConvictionNotOutOf100,
    EmptyExperience,
    ExperienceRecorded,
    ExploreHomeworkBelief,
    HomeworkBeliefExplored,
    ObstacleReported,
    RecordReviewExperience,
    ReportReviewObstacle,
)
from services.review.domain.review import Command, Event, ReviewOpened, decider, review_of
from services.review.domain.state import (
    AssignmentId,
    PatientId,
    ReviewNotOpened,
    SessionId,
    State,
    TherapistId,
)

BY_ANNA: dict[str, Any] = {"by": THERAPIST, "happened_at": NOW, "now": NOW}
HUNDRED = Scale(min=0, max=100)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
opened = ReviewOpened(
    review_id=review_of(AssignmentId(UUID(int=1)), SessionId(UUID(int=2))),
    assignment_id=AssignmentId(UUID(int=1)),
    session_id=SessionId(UUID(int=2)),
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
)
report = ReportReviewObstacle(
    id=ObstacleId(UUID(int=3)),
    category="environment",
    kind="practical",
    text="Larry was on the phone at first.",
    resolved=True,
    **BY_ANNA,
)
reported = ObstacleReported(
    obstacle=Obstacle(
        id=ObstacleId(UUID(int=3)),
        category="environment",
        kind="practical",
        text="Larry was on the phone at first.",
        phase="unanticipated",
        resolved=True,
    )
)
explore = ExploreHomeworkBelief(
    id=BeliefId(UUID(int=4)),
    about="personal_value",
    statement="If the homework goes badly, I am bad with people.",
    conviction_before=Rating(value=70, scale=HUNDRED),
    conviction_after=Rating(value=40, scale=HUNDRED),
    **BY_ANNA,
)
explored = HomeworkBeliefExplored(
    belief_id=BeliefId(UUID(int=4)),
    about="personal_value",
    statement="If the homework goes badly, I am bad with people.",
    conviction_before=Rating(value=70, scale=HUNDRED, rated_at=NOW, phase="at_review"),
    conviction_after=Rating(value=40, scale=HUNDRED, rated_at=NOW, phase="at_review"),
)


def tell(**parts: Any) -> RecordReviewExperience:
    return RecordReviewExperience(experience=Experience(**parts), **BY_ANNA)


def test_c21_an_obstacle_in_a_review_was_not_anticipated() -> None:
    nothing_yet.given(opened).when(report).then(reported)


def test_an_obstacle_told_twice_is_reported_once() -> None:
    nothing_yet.given(opened, reported).when(report).then_nothing_changes()


@pytest.mark.parametrize(
    "parts",
    [
        {"thoughts": ("It's hard to predict how he'll respond.",)},
        {"feelings": (Feeling(name="a bit anxious"),)},
        {"physical_sensations": ("Warm face",)},
        {"behaviours": ("Stayed",)},
    ],
)
def test_c21_any_part_of_an_experience_is_enough(parts: dict[str, Any]) -> None:
    nothing_yet.given(opened).when(tell(**parts)).then(
        ExperienceRecorded(experience=Experience(**parts))
    )


def test_c21_an_experience_says_something() -> None:
    nothing_yet.given(opened).when(tell()).then_rejected(EmptyExperience)


def test_c21_a_feelings_intensity_lies_on_its_scale() -> None:
    beyond = Feeling(name="anxious", intensity=Rating(value=11, scale=Scale(min=0, max=10)))
    nothing_yet.given(opened).when(tell(feelings=(beyond,))).then_rejected(RatingOutsideScale)


def test_c21_a_feelings_intensity_is_rated_when_it_is_told() -> None:
    anxious = Feeling(name="anxious", intensity=Rating(value=4, scale=Scale(min=0, max=10)))
    [fact] = decider.decide(tell(feelings=(anxious,)), decider.fold([opened]))
    assert isinstance(fact, ExperienceRecorded)
    [told] = fact.experience.feelings
    assert told.intensity is not None
    assert (told.intensity.rated_at, told.intensity.phase) == (NOW, "at_review")


def test_c22_a_belief_about_homework_is_explored() -> None:
    nothing_yet.given(opened).when(explore).then(explored)


def test_c22_a_belief_can_be_explored_without_numbers() -> None:
    bare = replace(explore, conviction_before=None, conviction_after=None)
    nothing_yet.given(opened).when(bare).then(
        replace(explored, conviction_before=None, conviction_after=None)
    )


@pytest.mark.parametrize(
    ("conviction", "reason"),
    [
        (Rating(value=7, scale=Scale(min=0, max=10)), ConvictionNotOutOf100),
        (Rating(value=7, scale=Scale(min=1, max=100)), ConvictionNotOutOf100),
        (Rating(value=101, scale=HUNDRED), RatingOutsideScale),
    ],
)
@pytest.mark.parametrize("when", ["conviction_before", "conviction_after"])
def test_c22_convictions_are_rated_out_of_a_hundred(
    when: str, conviction: Rating, reason: type[Rejected]
) -> None:
    rated: dict[str, Any] = {when: conviction}
    nothing_yet.given(opened).when(replace(explore, **rated)).then_rejected(reason)


def test_a_belief_told_twice_is_explored_once() -> None:
    nothing_yet.given(opened, explored).when(explore).then_nothing_changes()


@pytest.mark.parametrize("command", [report, tell(thoughts=("x",)), explore])
def test_nothing_is_said_before_a_review_is_opened(command: Command) -> None:
    nothing_yet.when(command).then_rejected(ReviewNotOpened)
