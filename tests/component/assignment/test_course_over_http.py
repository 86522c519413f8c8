"""Homework after the story, over HTTP: declined and revised, paused, half done, taken up again."""

from typing import Any

import pytest

from libs.testing.cast import MASHA
from services.assignment.examples import GOAL, REQUESTS
from tests.component.assignment.homework import HERE, Homework

AT = "2026-03-05T16:{:02}:00Z"

IN_ITS_COURSE = (
    ("masha", "fits", "exploreFit"),
    ("anna", "target-cognitions", "setTargetCognition"),
    ("anna", "procedures", "tagProcedure"),
    ("masha", "anticipated-obstacles", "anticipateObstacle"),
    ("anna", "proposals", "proposeAssignment"),
    ("masha", "declines", "declineAssignment"),
    ("anna", "revisions", "reviseAssignment"),
    ("anna", "agreements", "agreeAssignment"),
    ("anna", "activations", "activateAssignment"),
    ("masha", "pauses", "pauseAssignment"),
    ("masha", "resumptions", "resumeAssignment"),
    ("masha", "partial-completions", "completePartially"),
    ("masha", "reopenings", "reopenAssignment"),
    ("anna", "discontinuations", "discontinueAssignment"),
)


async def after(homework: Homework, steps: int) -> dict[str, Any]:
    await homework.created()
    for minute, (name, path, operation) in enumerate(IN_ITS_COURSE[:steps], start=1):
        await homework.told(name, f"{HERE}/{path}", operation, AT.format(minute))
    seen: dict[str, Any] = await homework.shown("masha", HERE)
    return seen


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (5, "proposed"),
        (6, "declined"),
        (8, "agreed"),
        (9, "active"),
        (10, "paused"),
        (11, "active"),
        (12, "partially_completed"),
        (13, "active"),
        (14, "discontinued"),
    ],
)
async def test_each_step_leads_on(homework: Homework, steps: int, status: str) -> None:
    assert (await after(homework, steps))["status"] == status


async def test_the_whole_course_is_seen_in_the_words_that_hold(anywhere: Homework) -> None:
    seen = await after(anywhere, len(IN_ITS_COURSE))
    assert (seen["title"], seen["description"]) == (
        "A coffee with Tom",
        "Ten minutes at the machine instead of lunch.",
    )
    assert seen["target_cognition"]["belief"]["value"] == 60
    assert seen["procedure_tags"] == [
        "role_play",
        "experiment",
        "client_therapist_collaboration",
        "committed_action",
    ]
    assert seen["fits"][0]["change_beliefs"][0]["if_text"] == "I ask and nobody minds"
    assert seen["obstacles_anticipated"][0]["kind"] == "internal"
    assert seen["declines"][0]["declined_by"] == "patient"
    assert seen["pauses"][0]["reason"] == "holiday"
    assert seen["partial_completions"][0]["quantity"] == 50
    assert seen["reopenings"][0]["status"] == "active"
    assert seen["discontinuations"][0]["reason"] == "Tom has moved to another office."


async def test_what_a_therapist_writes_of_her_fit_is_hers(homework: Homework) -> None:
    await homework.created()
    for path, operation in (
        ("fits", "exploreFit"),
        ("anticipated-obstacles", "anticipateObstacle"),
    ):
        await homework.told("anna", f"{HERE}/{path}", operation, AT.format(1))
    seen = await homework.shown("anna", HERE)
    assert seen["fits"][0]["told_by"] == "patient"
    assert seen["obstacles_anticipated"][0]["anticipated_by"] == "patient"
    assert [each["on_behalf_of"] for each in seen["history"]][-2:] == [str(MASHA)] * 2


async def test_who_stops_it_for_her_gives_a_reason_and_she_need_not(homework: Homework) -> None:
    await homework.active()
    stopping = f"{HERE}/discontinuations"
    assert await homework.code("anna", stopping, {}) == (422, "reason-missing")
    assert await homework.code("masha", stopping, {"attested": True}) == (
        409,
        "only-a-therapist-attests",
    )
    await homework.done("masha", stopping, {})
    assert (await homework.shown("masha", HERE))["status"] == "discontinued"


async def test_an_error_is_the_therapists_to_mark(homework: Homework) -> None:
    await homework.active()
    mistake = REQUESTS["enterInError"]
    assert await homework.code("masha", f"{HERE}/errors", mistake) == (403, "role-not-allowed")
    await homework.done("anna", f"{HERE}/errors", mistake)
    seen = await homework.shown("anna", HERE)
    assert seen["status"] == "entered_in_error"
    assert seen["entered_in_error"]["reason"] == "It was written down twice."


async def test_a_goal_is_revised_judged_and_closed(anywhere: Homework) -> None:
    await anywhere.created()
    at = f"/v1/goals/{GOAL}"
    for minute, (name, path, operation) in enumerate(
        (
            ("masha", "revisions", "reviseGoal"),
            ("masha", "progress", "recordGoalProgress"),
            ("anna", "closings", "closeGoal"),
        )
    ):
        await anywhere.told(name, f"{at}/{path}", operation, AT.format(minute))
    seen = await anywhere.shown("masha", at)
    assert seen["statement"] == REQUESTS["reviseGoal"]["statement"]
    assert seen["target"]["value"] == 4
    assert (seen["lifecycle"], seen["achievement"]) == ("completed", "achieved")
    assert seen["progress"][0]["value"] == 3
    assert seen["closing"]["closed_by"] == "therapist"


async def test_c04_a_closed_goal_carries_no_rationale(homework: Homework) -> None:
    await homework.created()
    await homework.done("anna", f"/v1/goals/{GOAL}/closings", {"lifecycle": "cancelled"})
    rationale = REQUESTS["giveRationale"]
    assert await homework.code("anna", f"{HERE}/rationales", rationale) == (409, "goal-not-open")
    other = await homework.code("boris", f"/v1/goals/{GOAL}/closings", {"lifecycle": "cancelled"})
    assert other[0] == 404
