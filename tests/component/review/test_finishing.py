"""Who treats somebody no more finishes their own reviews, in the time that the clinic gives."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from libs.testing.cast import ANNA, BORIS, CLINIC, MASHA
from libs.testing.databases import Database
from services.review.examples import REQUESTS, SESSION
from tests.component.callers import a_store
from tests.component.review.test_review_over_http import ACTS, REVIEW_PATH, Review

LATER = {"completeReview": "completions", **ACTS}


@pytest.fixture
async def review(either: Database | None) -> AsyncIterator[Review]:
    async with a_store(either, "review_app") as store:
        yield Review(store)


async def refusals(review: Review, name: str) -> set[tuple[int, str]]:
    """Of everything that can be done to a review, and of looking at it."""
    answers = [await review.get(name, REVIEW_PATH)]
    for operation, place in LATER.items():
        answers.append(await review.post(name, f"{REVIEW_PATH}/{place}", REQUESTS[operation]))
    return {(each.status_code, each.json()["code"]) for each in answers}


@pytest.mark.parametrize("left", [False, True], ids=["the relationship ended", "she left"])
async def test_in_the_window_a_therapist_finishes_the_review_that_is_hers(
    review: Review,
    left: bool,  # noqa: FBT001 - a case
) -> None:
    await review.opened()
    review.known.treating.clear()
    if left:
        review.known.left.add((CLINIC, ANNA))
    assert await refusals(review, "anna") == {(404, "not-found")}, "no window, or it has closed"
    review.known.finishing.add((CLINIC, ANNA, MASHA))
    for operation in ACTS:
        await review.act("anna", operation)
    await review.done("anna", f"{REVIEW_PATH}/completions", REQUESTS["completeReview"])
    assert (await review.shown("anna", REVIEW_PATH))["status"] == "completed"


async def test_in_the_window_nothing_new_is_begun(review: Review) -> None:
    review.known.treating.clear()
    review.known.finishing.add((CLINIC, ANNA, MASHA))
    answer = await review.post("anna", "/v1/reviews", REQUESTS["openReview"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")
    review.known.left.add((CLINIC, ANNA))
    answer = await review.post("anna", "/v1/reviews", REQUESTS["openReview"])
    assert (answer.status_code, answer.json()["code"]) == (403, "staff-left")


async def test_a_colleagues_review_is_not_hers_to_finish(review: Review) -> None:
    """Boris held that session; both have treated Masha."""
    review.known.sessions[SESSION] = replace(review.known.sessions[SESSION], therapist_id=BORIS)
    await review.opened()
    review.known.treating.clear()
    review.known.finishing |= {(CLINIC, ANNA, MASHA), (CLINIC, BORIS, MASHA)}
    assert await refusals(review, "anna") == {(404, "not-found")}
    assert (await review.get("boris", REVIEW_PATH)).status_code == 200


async def test_a_discharged_patient_reads_their_reviews(review: Review) -> None:
    await review.opened()
    review.known.treating.clear()
    assert (await review.get("masha", REVIEW_PATH)).status_code == 200
    await review.act("masha", "reportReviewObstacle")
