"""What a request about homework must say, whom and what it may name, and who finds any."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.testing.cast import LEV, MASHA
from libs.testing.web import consistency_token
from services.assignment.examples import FIRST, GOAL, SESSION_2
from services.assignment.follow import ClinicSettings
from tests.component.assignment.homework import HERE, Homework, session


async def test_only_patient_and_title_are_ever_required(homework: Homework) -> None:
    body = {"patient_id": str(MASHA), "title": "Notice what you enjoy"}
    answer = await homework.post("anna", "/v1/homework", body)
    assert answer.status_code == 201, answer.text
    assert [each["code"] for each in answer.json()["notices"]] == ["no-rationale", "no-goal"]
    assert answer.headers["location"] == f"/v1/assignments/{answer.json()['id']}"


async def test_a_clinic_may_insist_on_a_rationale(homework: Homework) -> None:
    homework.clinics.here = ClinicSettings(rationale_gate=True)
    body = {"patient_id": str(MASHA), "title": "Notice what you enjoy"}
    assert await homework.code("anna", "/v1/homework", body) == (409, "rationale-missing")


async def test_what_a_request_names_must_be_known_and_the_patients(homework: Homework) -> None:
    await homework.created()
    body = {"patient_id": str(MASHA), "title": "More of it"}
    unknown = str(uuid4())
    for named in (
        {"continues_from": unknown},
        {"created_in_session_id": unknown},
        {"due": {"kind": "session", "session_id": unknown}},
        {"patient_id": str(LEV)},
        {"patient_id": unknown},
    ):
        assert await homework.code("anna", "/v1/assignments", {**body, **named}) == (
            409,
            "not-known-yet",
        )
    rationale = {"text": "It helps.", "goal_ids": [unknown]}
    late = await homework.post("anna", f"{HERE}/rationales", rationale)
    assert (late.status_code, late.headers["retry-after"]) == (409, "1")


async def test_an_obstacle_is_told_in_a_session_of_the_same_patient(homework: Homework) -> None:
    await homework.created()
    levs = str(uuid4())
    homework.known.sessions[UUID(levs)] = replace(session(levs, 3), patient_id=LEV)
    obstacle = {"category": "environment", "text": "He was on the phone."}
    here = f"{HERE}/obstacles"
    for named in (levs, str(uuid4())):
        told = {**obstacle, "session_id": named}
        assert await homework.code("masha", here, told) == (409, "not-known-yet")
        late = {"Interlude_After": consistency_token((f"session-{named}", 1))}
        assert await homework.code("masha", here, told, **late) == (404, "not-found")
    await homework.done("masha", here, {**obstacle, "session_id": SESSION_2})


async def test_homework_of_another_patient_is_not_continued(homework: Homework) -> None:
    await homework.created()
    body = {"patient_id": str(LEV), "title": "More of it", "continues_from": FIRST}
    assert await homework.code("boris", "/v1/assignments", body) == (409, "not-known-yet")


async def test_strangers_find_nothing(homework: Homework) -> None:
    await homework.created()
    for name in ("boris", "lev", "stranger"):
        assert (await homework.get(name, HERE)).status_code == 404
        assert await homework.code(name, f"{HERE}/practice-requests", {}) == (404, "not-found")
    assert (await homework.get("lev", f"/v1/goals/{GOAL}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("readiness-ratings", {}, "nothing-rated"),
        (
            "readiness-ratings",
            {"confidence": {"value": 3, "scale": {"min": 0, "max": 5}}},
            "not-a-readiness-scale",
        ),
        ("plans", {"timing": {"rule": "as_it_happens"}}, "trigger-missing"),
        ("dues", {"rule": {"kind": "session"}}, "session-missing"),
        ("experiences", {"phase": "at_review", "experience": {}}, "nothing-experienced"),
    ],
)
async def test_content_that_says_nothing_is_422_with_its_own_code(
    homework: Homework, path: str, body: dict[str, Any], code: str
) -> None:
    await homework.created()
    assert await homework.code("anna", f"{HERE}/{path}", body) == (422, code)


async def test_a_zone_that_is_none_is_refused_where_it_stands(homework: Homework) -> None:
    await homework.created()
    body = {"timing": {"rule": "all_day", "zone": "Mars/Olympus"}}
    answer = await homework.post("anna", f"{HERE}/plans", body)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/timing/zone"]
    assert "Olympus" not in answer.text
