"""The story's second session: what was done about Larry, praised, learned and decided."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.access.relationships import KnownSession
from libs.eventstore.store import EventStore
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, NOW
from libs.testing.databases import Database
from libs.testing.web import Known, edge
from libs.web.service import create_service_app
from services.review import api, wire
from services.review.domain.state import AssignmentId, PatientId, TherapistId
from services.review.examples import ASSIGNMENT, REQUESTS, REVIEW, SESSION
from services.review.follow import KnownAssignment
from tests.component.callers import NAMES, Callers, a_store, desk

THURSDAY = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)
REVIEW_PATH = f"/v1/reviews/{REVIEW}"
ACTS = {
    "recordWorkDone": "work-done",
    "givePraise": "praises",
    "recordSkill": "skills",
    "reportReviewObstacle": "obstacles",
    "recordReviewExperience": "experiences",
    "exploreHomeworkBelief": "beliefs",
    "recordNonEngagement": "non-engagements",
    "recordNonEngagementLearning": "learnings",
}


class Heard:
    """Assignments that this service has heard of."""

    def __init__(self) -> None:
        self.patients = {ASSIGNMENT: MASHA}

    async def assignment(self, tenant_id: UUID, assignment_id: UUID) -> KnownAssignment | None:
        patient = self.patients.get(AssignmentId(assignment_id))
        if patient is None or tenant_id != CLINIC:
            return None
        return KnownAssignment(
            assignment_id=AssignmentId(assignment_id),
            patient_id=PatientId(patient),
            therapist_id=TherapistId(ANNA),
        )


def session_of(patient_id: UUID) -> KnownSession:
    return KnownSession(
        session_id=SESSION,
        patient_id=patient_id,
        therapist_id=ANNA,
        starts_at=THURSDAY,
        zone="Europe/London",
    )


class Review(Callers):
    def __init__(self, store: EventStore) -> None:
        self.known = Known(sessions={SESSION: session_of(MASHA)})
        self.heard = Heard()
        here = replace(
            edge(known=self.known, names=NAMES, clock=lambda: THURSDAY), service="review"
        )
        super().__init__(
            create_service_app(
                "Review",
                "What the next session makes of it.",
                here,
                [api.routes(here, reviews=desk(wire.reviews, store), assignments=self.heard)],
                statuses=api.STATUSES,
                examples=REQUESTS,
            )
        )

    async def opened(self) -> None:
        await self.done("anna", "/v1/reviews", REQUESTS["openReview"])

    async def act(self, name: str, operation: str) -> Any:
        return await self.done(name, f"{REVIEW_PATH}/{ACTS[operation]}", REQUESTS[operation])


@pytest.fixture
async def review(either: Database | None) -> AsyncIterator[Review]:
    async with a_store(either, "review_app") as store:
        yield Review(store)


async def test_the_second_session_reviews_the_conversation_with_larry(review: Review) -> None:
    await review.opened()
    for operation in ACTS:
        await review.act("anna", operation)
    done = await review.done("anna", f"{REVIEW_PATH}/completions", REQUESTS["completeReview"])
    assert done == {**done, "id": str(REVIEW), "version": 10, "notices": []}
    seen = await review.shown("masha", REVIEW_PATH)
    assert seen == await review.shown("anna", REVIEW_PATH)
    assert (seen["status"], seen["decision"]) == ("completed", "continue")
    assert seen["work_done"][0]["quantity"] == 100
    assert seen["skills"][0]["label"] == "Starting a conversation"
    assert seen["obstacles"][0]["obstacle"]["text"] == "Larry was on the phone at first."
    assert seen["beliefs"][0]["conviction_after"]["value"] == 40
    assert seen["learnings"][0]["reevaluated"] == "difficulty"


async def test_c19_assignment_and_session_open_one_review(review: Review) -> None:
    await review.opened()
    again = await review.post("anna", "/v1/reviews", REQUESTS["openReview"])
    assert (again.status_code, again.json()["id"]) == (200, str(REVIEW))
    assert again.json()["version"] == 1


async def test_what_is_not_known_yet_is_said_alike_for_late_foreign_and_missing(
    review: Review,
) -> None:
    review.heard.patients[AssignmentId(UUID(int=5))] = LEV
    bodies = [
        {**REQUESTS["openReview"], "assignment_id": str(uuid4())},
        {**REQUESTS["openReview"], "session_id": str(uuid4())},
        {**REQUESTS["openReview"], "assignment_id": str(UUID(int=5))},
    ]
    answers = [await review.post("anna", "/v1/reviews", body) for body in bodies]
    assert {answer.status_code for answer in answers} == {409}
    problems = [{**answer.json(), "trace_id": ""} for answer in answers]
    assert problems == [problems[0]] * 3
    assert problems[0]["code"] == "not-known-yet"


async def test_a_review_is_of_the_patient_whose_session_it_is(review: Review) -> None:
    review.known.sessions[SESSION] = session_of(LEV)
    answer = await review.post("anna", "/v1/reviews", REQUESTS["openReview"])
    assert answer.json()["code"] == "not-known-yet"


async def test_c20_praise_without_work_is_noticed(review: Review) -> None:
    await review.opened()
    answer = await review.act("anna", "givePraise")
    assert answer["notices"] == [{"code": "praise-without-work", "pointer": ""}]


async def test_c23_a_review_ends_with_nothing_done_and_something_learned(review: Review) -> None:
    await review.opened()
    completion = f"{REVIEW_PATH}/completions"
    refused = await review.post("anna", completion, REQUESTS["completeReview"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-reviewed")
    await review.act("anna", "recordNonEngagementLearning")
    await review.done("anna", completion, {"decision": "adjust"})


async def test_a_completed_review_stands(review: Review) -> None:
    await review.opened()
    await review.act("anna", "recordWorkDone")
    await review.done("anna", f"{REVIEW_PATH}/completions", {"decision": "stop"})
    again = await review.post("anna", f"{REVIEW_PATH}/completions", {"decision": "stop"})
    assert again.status_code == 200
    praised = await review.post("anna", f"{REVIEW_PATH}/praises", REQUESTS["givePraise"])
    assert (praised.status_code, praised.json()["code"]) == (409, "review-completed")


@pytest.mark.parametrize(
    "operation", ["reportReviewObstacle", "recordReviewExperience", "exploreHomeworkBelief"]
)
async def test_c21_the_patient_speaks_too(review: Review, operation: str) -> None:
    await review.opened()
    await review.act("masha", operation)


async def test_only_the_therapist_praises_and_completes(review: Review) -> None:
    await review.opened()
    for part, operation in (("praises", "givePraise"), ("completions", "completeReview")):
        answer = await review.post("masha", f"{REVIEW_PATH}/{part}", REQUESTS[operation])
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")


@pytest.mark.parametrize("name", ["boris", "stranger"])
async def test_strangers_find_no_review(review: Review, name: str) -> None:
    await review.opened()
    assert (await review.get(name, REVIEW_PATH)).status_code == 404
    answer = await review.post(name, f"{REVIEW_PATH}/praises", REQUESTS["givePraise"])
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("part", "body", "code"),
    [
        ("experiences", {"experience": {}}, "empty-experience"),
        (
            "beliefs",
            {
                "about": "other",
                "statement": "Homework is a test.",
                "conviction_before": {"value": 7, "scale": {"min": 0, "max": 10}},
            },
            "conviction-not-out-of-100",
        ),
        ("work-done", {"work_done": []}, "invalid-request"),
        (
            "work-done",
            {
                "work_done": [
                    {
                        "when": {
                            "start": (NOW + timedelta(days=30)).isoformat(),
                            "zone": "Europe/London",
                        },
                        "quantity": 50,
                        "source": "verbal",
                    }
                ]
            },
            "work-still-to-come",
        ),
    ],
)
async def test_what_does_not_fit_is_a_coded_422(
    review: Review, part: str, body: dict[str, Any], code: str
) -> None:
    await review.opened()
    answer = await review.post("anna", f"{REVIEW_PATH}/{part}", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
