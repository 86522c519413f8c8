"""A rating beyond its scale is pointed at, wherever in a request it stands."""

from typing import Any

import pytest

from libs.eventstore.memory import InMemoryEventStore
from services.assignment.examples import REQUESTS
from tests.component.assignment.homework import HERE, Homework

BEYOND = {"value": 11, "scale": {"min": 0, "max": 10}}
NO_SCALE = {"value": 0, "scale": {"min": 10, "max": 0}}
OF_A_HUNDRED = {"value": 80, "scale": {"min": 0, "max": 100}}
OF_SEVEN = {"value": 3, "scale": {"min": 0, "max": 7}}
SURE = {"name": "sure", "intensity": {"value": 2, "scale": {"min": 0, "max": 8}}}
LIVED = {**REQUESTS["recordExperience"], "experience": {"feelings": [SURE, SURE]}}


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        ("readiness-ratings", {"confidence": BEYOND}, "rating-outside-scale", "/confidence"),
        ("task-ratings", {"utility": NO_SCALE}, "not-a-scale", "/utility"),
        ("readiness-ratings", {"readiness": OF_SEVEN}, "not-a-readiness-scale", "/readiness"),
        (
            "readiness-ratings",
            {**REQUESTS["rateReadiness"], "importance": OF_A_HUNDRED},
            "scales-differ",
            "/importance",
        ),
        ("task-ratings", {"difficulty": BEYOND}, "rating-outside-scale", "/difficulty"),
        (
            "experiences",
            {**LIVED, "experience": {"feelings": [SURE, {"name": "shy", "intensity": BEYOND}]}},
            "rating-outside-scale",
            "/experience/feelings/1/intensity",
        ),
    ],
)
async def test_a_rating_at_fault_is_pointed_at(
    path: str, body: dict[str, Any], code: str, pointer: str
) -> None:
    homework = Homework(InMemoryEventStore())
    await homework.active()
    answer = await homework.post("masha", f"{HERE}/{path}", body)
    problem = answer.json()
    assert (problem["code"], [each["pointer"] for each in problem["errors"]]) == (code, [pointer])


async def test_also_where_all_was_told_in_one_request() -> None:
    homework = Homework(InMemoryEventStore())
    await homework.created()
    body = {**REQUESTS["giveHomework"], "ratings": {"confidence": BEYOND}}
    answer = await homework.post("anna", "/v1/homework", body)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/ratings/confidence"]
