"""A review's facts and requests as others meet them."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from libs.access.confirming import ErasureConfirmed
from libs.eventstore.aggregate import Aggregate
from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.web.problems import FieldsInvalid
from libs.web.shapes import Shape
from services.review import wire
from services.review.domain import meaning, non_engagement, review, work
from services.review.domain.state import PatientId, State, TherapistId
from services.review.examples import FACTS, IN_SESSION, PATIENT, REQUESTS
from services.review.wire import reviews

MUCH_LATER = NOW.replace(year=2027)

SHAPES: dict[str, type[Any]] = {
    "openReview": review.OpenReview,
    "recordWorkDone": work.RecordWorkDone,
    "givePraise": work.GivePraise,
    "recordSkill": work.RecordSkill,
    "reportReviewObstacle": meaning.ReportReviewObstacle,
    "recordReviewExperience": meaning.RecordReviewExperience,
    "exploreHomeworkBelief": meaning.ExploreHomeworkBelief,
    "recordNonEngagement": non_engagement.RecordNonEngagement,
    "recordNonEngagementLearning": non_engagement.RecordNonEngagementLearning,
    "completeReview": review.CompleteReview,
}
LOOKED_UP = {"openReview": {"patient_id": PatientId(MASHA), "therapist_id": TherapistId(ANNA)}}


def of(fact: object) -> Aggregate[Any, Any, Any]:
    return reviews if type(fact) in reviews.wire.names else wire.confirmations


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_as_it_was_published(fact: object) -> None:
    name, content = of(fact).wire.to_wire(fact)
    assert of(fact).wire.from_wire(name, orjson.dumps(content), UUID(int=1)) == fact


def test_every_fact_has_an_example_and_its_name_is_its_own() -> None:
    names: dict[type, str] = {**reviews.wire.names, **wire.confirmations.wire.names}
    assert {type(fact) for fact in FACTS} == set(names)
    assert all(name == f"interlude.review.{kind.__name__}.v1" for kind, name in names.items())


def ends(rating: str) -> set[str]:
    """What the ends of a scale mean is said in people's words, too."""
    return {f"{rating}.scale.low_label", f"{rating}.scale.high_label"}


def test_what_is_said_is_private() -> None:
    private = {
        ".".join([name.split(".")[2], *path])
        for name in reviews.wire.names.values()
        for path in reviews.wire.private(name)
    }
    assert private == {
        "PraiseGiven.text",
        "SkillAcquired.label",
        "SkillAcquired.evidence",
        "ObstacleReported.obstacle.text",
        "ObstacleReported.obstacle.planned_response",
        "ExperienceRecorded.experience.thoughts.*",
        "ExperienceRecorded.experience.feelings.*.name",
        "ExperienceRecorded.experience.physical_sensations.*",
        "ExperienceRecorded.experience.behaviours.*",
        "HomeworkBeliefExplored.statement",
        "NonEngagementLearned.text",
        "ReviewCompleted.note",
        *ends("ObstacleReported.obstacle.likelihood"),
        *ends("ExperienceRecorded.experience.feelings.*.intensity"),
        *ends("HomeworkBeliefExplored.conviction_before"),
        *ends("HomeworkBeliefExplored.conviction_after"),
    }


def test_a_review_is_about_the_patient_to_its_end() -> None:
    told = [fact for fact in FACTS if not isinstance(fact, ErasureConfirmed)]
    subjects = {
        reviews.subject(reviews.decider.fold(told[:length])) for length in range(1, len(told) + 1)
    }
    assert subjects == {PATIENT}
    assert reviews.subject(reviews.decider.initial) is None


def test_the_examples_of_requests_become_the_examples_of_facts() -> None:
    state: State = reviews.decider.initial
    facts: list[object] = []
    for operation, body in REQUESTS.items():
        read = Shape(SHAPES[operation]).read(body, NOW)
        command = SHAPES[operation](
            by=THERAPIST,
            happened_at=IN_SESSION,
            now=MUCH_LATER,
            **read.fields,
            **LOOKED_UP.get(operation, {}),
        )
        new = reviews.decider.decide(command, state)
        state = reviews.decider.fold(new, onto=state)
        facts.extend(new)
    assert facts == [fact for fact in FACTS if type(fact) in reviews.wire.names]


@pytest.mark.parametrize(
    ("operation", "body", "pointer", "code"),
    [
        ("recordWorkDone", {"work_done": []}, "/work_done", "wrong-length"),
        ("givePraise", {"text": "x" * 1001}, "/text", "text-length"),
        ("recordSkill", {"id": str(UUID(int=1)), "label": ""}, "/label", "text-length"),
        ("exploreHomeworkBelief", {"about": "love"}, "/about", "not-an-option"),
        ("reportReviewObstacle", {"category": "dog"}, "/category", "not-an-option"),
        ("recordNonEngagement", {"engagement": "lazy"}, "/engagement", "not-an-option"),
        ("completeReview", {"decision": "give up"}, "/decision", "not-an-option"),
        ("completeReview", {}, "/decision", "missing"),
        ("openReview", {"patient_id": str(MASHA)}, "/patient_id", "unknown-field"),
    ],
)
def test_what_does_not_fit_is_pointed_at(
    operation: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(FieldsInvalid) as refused:
        Shape(SHAPES[operation]).read(body, NOW)
    assert (pointer, code) in {(fault.pointer, fault.code) for fault in refused.value.faults}
