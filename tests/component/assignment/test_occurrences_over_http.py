"""One occurrence over HTTP: who tells what became of it, and what is answered to the wrong."""

from typing import Any
from uuid import UUID

import pytest

from tests.component.assignment.homework import HERE, Homework

AT_ELEVEN = "2026-03-02T11:05:00Z"
ON_TUESDAY = "2026-03-03T09:00:00Z"


async def monday(homework: Homework) -> str:
    await homework.active()
    (only,) = (await homework.shown("masha", HERE))["occurrences"]
    named: str = only["id"]
    return named


async def post(homework: Homework, who: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = await homework.post(who, f"{HERE}/{path}", {"occurred_at": AT_ELEVEN, **body})
    return answer.status_code, answer.json()


async def seen(homework: Homework, who: str = "masha") -> Any:
    (only,) = (await homework.shown(who, HERE))["occurrences"]
    return only


async def test_the_patient_begins_does_half_and_then_tells_that_it_was_all(
    anywhere: Homework,
) -> None:
    named = await monday(anywhere)
    assert (await post(anywhere, "masha", "occurrence-starts", occurrence_id=named))[0] == 201
    assert (await seen(anywhere))["status"] == "started"
    half = {"occurrence_id": named, "quantity": 50, "note": "He had to go."}
    assert (await post(anywhere, "masha", "occurrence-partial-completions", **half))[0] == 201
    assert (await post(anywhere, "masha", "occurrence-partial-completions", **half))[0] == 200, (
        "already so"
    )
    shown = await seen(anywhere)
    assert (shown["status"], shown["quantity"], shown["note"]) == ("partial", 50, "He had to go.")
    status, told = await post(anywhere, "masha", "occurrence-completions", occurrence_id=named)
    assert (status, told["code"]) == (409, "occurrence-told-otherwise")
    corrected = {"occurrence_id": named, "corrects": True}
    assert (await post(anywhere, "masha", "occurrence-completions", **corrected))[0] == 201
    assert (await seen(anywhere))["status"] == "completed"


@pytest.mark.parametrize(
    ("path", "status"),
    [("occurrence-abandonments", "abandoned"), ("occurrence-declines", "declined")],
)
async def test_a_therapist_writes_down_what_the_patient_left(
    homework: Homework, path: str, status: str
) -> None:
    named = await monday(homework)
    told = {"occurrence_id": named, "note": "Too many people."}
    assert (await post(homework, "anna", path, **told))[0] == 201
    shown = await homework.shown("anna", HERE)
    assert shown["occurrences"][0]["status"] == status
    assert shown["history"][-1]["on_behalf_of"] is not None


async def test_outside_its_window_nothing_is_done(homework: Homework) -> None:
    named = await monday(homework)
    late = {"occurrence_id": named, "occurred_at": ON_TUESDAY}
    status, told = await post(homework, "masha", "occurrence-completions", **late)
    assert (status, told["code"]) == (409, "outside-its-window")


async def test_an_occurrence_that_is_none_of_this_homework_is_not_known(
    homework: Homework,
) -> None:
    await homework.active()
    stranger = str(UUID(int=8))
    status, told = await post(homework, "masha", "occurrence-starts", occurrence_id=stranger)
    assert (status, told["code"]) == (409, "occurrence-unknown")


@pytest.mark.parametrize("quantity", [0, 100, -1, "half"])
async def test_a_part_is_more_than_nothing_and_less_than_all(
    homework: Homework, quantity: object
) -> None:
    named = await monday(homework)
    wrong = {"occurrence_id": named, "quantity": quantity}
    assert (await post(homework, "masha", "occurrence-partial-completions", **wrong))[0] == 422


async def test_t20_of_homework_that_is_not_there_nothing_is_told(homework: Homework) -> None:
    nowhere = f"/v1/assignments/{UUID(int=9)}/occurrence-starts"
    answer = await homework.post("masha", nowhere, {"occurrence_id": str(UUID(int=8))})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_who_does_not_treat_the_patient_sees_no_homework(homework: Homework) -> None:
    named = await monday(homework)
    assert (await post(homework, "boris", "occurrence-starts", occurrence_id=named))[0] == 404
