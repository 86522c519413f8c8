"""Session 1 of the source's story, Monday, and what was given in session 2, over HTTP."""

from uuid import UUID

from libs.testing.cast import MASHA
from services.assignment.examples import (
    FIRST,
    GOAL,
    REQUESTS,
    SECOND,
    SESSION_2,
    SESSION_3,
    TO_PRIYA,
    TO_TOM,
)
from services.assignment.follow import ClinicSettings
from tests.component.assignment.homework import HERE, Homework, session


async def test_session_1_ends_with_active_homework(anywhere: Homework) -> None:
    await anywhere.active()
    seen = await anywhere.shown("masha", HERE)
    assert seen["status"] == "active"
    assert seen["title"] == "Conversations with 4 people about what I did over the weekend"
    assert [each["label"] for each in seen["options"]] == [
        "Speaking to Larry about the films",
        "Asking Priya about her weekend",
    ]
    assert seen["components"][0]["contact"]["label"] == "Larry"
    assert seen["rationales"][0]["goal_ids"] == [GOAL]
    assert seen["practices"][0]["imagery_anchor"]["place"] == "At my desk"
    assert seen["plans"][0]["specificity_score"] == 1.0
    assert seen["obstacle_responses"][0]["then_text"] == "I ask him when he has his break."
    assert seen["due"]["due_at"] == "2026-03-05T15:00:00Z"
    assert [each["agreed_by"] for each in seen["agreements"]] == ["therapist"]
    (monday,) = seen["occurrences"]
    assert (monday["local_date"], monday["slot"], monday["status"]) == (
        "2026-03-02",
        "11:00",
        "scheduled",
    )
    assert [each["role"] for each in seen["history"]][:3] == ["therapist", "therapist", "therapist"]


async def test_on_monday_the_patient_completes_it(anywhere: Homework) -> None:
    await anywhere.active()
    done = await anywhere.told(
        "masha", f"{HERE}/completions", "completeHomework", "2026-03-02T11:25:00Z"
    )
    assert done["id"] == REQUESTS["completeHomework"]["id"]
    again = await anywhere.post("anna", f"{HERE}/completions", {"quantity": 100})
    assert again.status_code == 200, "already so"
    seen = await anywhere.shown("anna", HERE)
    assert (seen["status"], seen["completion"]["completed_by"]) == ("completed", "patient_report")
    assert [each["status"] for each in seen["occurrences"]] == ["completed"]


async def test_what_a_therapist_writes_down_for_the_patient_is_the_patients(
    homework: Homework,
) -> None:
    await homework.active()
    seen = await homework.shown("anna", HERE)
    told = next(each for each in seen["history"] if "ExperienceRecorded" in each["type"])
    assert (told["role"], told["on_behalf_of"]) == ("therapist", str(MASHA))
    assert seen["experiences"][0]["told_by"] == "patient"


async def test_p1_low_confidence_is_a_notice_and_a_suggestion(homework: Homework) -> None:
    await homework.created()
    path = f"{HERE}/readiness-ratings"
    answer = await homework.told("masha", path, "rateReadiness", "2026-02-26T16:30:00Z")
    assert answer["notices"] == [{"code": "low-confidence", "pointer": "/confidence"}]
    seen = await homework.shown("anna", HERE)
    assert seen["adjustments_suggested"][0]["suggestions"] == [
        "grade_components",
        "reduce_frequency",
    ]


async def test_p1_the_clinic_says_what_is_low(homework: Homework) -> None:
    await homework.created()
    homework.clinics.here = ClinicSettings(low_confidence_below=0.5)
    path = f"{HERE}/readiness-ratings"
    answer = await homework.told("masha", path, "rateReadiness", "2026-02-26T16:30:00Z")
    assert answer["notices"] == []


async def test_homework_is_given_in_one_request(anywhere: Homework) -> None:
    await anywhere.active()
    answer = await anywhere.told("anna", "/v1/homework", "giveHomework", "2026-03-05T16:30:00Z")
    assert answer["id"] == SECOND
    assert answer["notices"] == [{"code": "low-confidence", "pointer": "/ratings/confidence"}]
    graded = await anywhere.post(
        "anna", f"/v1/assignments/{SECOND}/gradings", REQUESTS["gradeComponents"]
    )
    assert graded.status_code == 201, graded.text
    seen = await anywhere.shown("masha", f"/v1/assignments/{SECOND}")
    assert (seen["status"], seen["continues_from"]) == ("active", FIRST)
    assert seen["due"]["session_id"] == SESSION_3
    assert [each["component_id"] for each in seen["gradings"][0]["components"]] == [
        TO_TOM,
        TO_PRIYA,
    ]
    assert [each["slot"] for each in seen["occurrences"]] == ["1", "2", "3"]


async def test_the_goal_is_seen_in_the_patients_words(homework: Homework) -> None:
    await homework.created()
    seen = await homework.shown("masha", f"/v1/goals/{GOAL}")
    assert seen["statement"] == REQUESTS["setGoal"]["statement"]
    assert (seen["lifecycle"], seen["achievement"]) == ("active", "in_progress")


async def test_homework_created_just_before_its_session_is_due_before_the_next(
    homework: Homework,
) -> None:
    at = "2026-02-26T15:58:00Z"
    await homework.told("anna", "/v1/assignments", "createAssignment", at)
    seen = await homework.shown("anna", HERE)
    assert seen["due"]["session_id"] == SESSION_2


async def test_due_before_a_session_that_is_off_means_the_one_after_it(homework: Homework) -> None:
    await homework.created()
    homework.known.sessions[UUID(SESSION_2)] = session(SESSION_2, 7, off=True)
    await homework.told("anna", f"{HERE}/dues", "setDue", "2026-02-27T10:00:00Z")
    seen = await homework.shown("anna", HERE)
    assert seen["due"]["session_id"] == SESSION_3
