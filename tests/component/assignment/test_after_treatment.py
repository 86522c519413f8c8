"""Homework of whose treatment is over stays the patient's, and is nobody else's any more."""

import pytest

from libs.testing.cast import ANNA, CLINIC
from services.assignment.examples import GOAL
from tests.component.assignment.homework import HERE, Homework


async def test_a_discharged_patient_reads_homework_and_goals_and_goes_on(
    homework: Homework,
) -> None:
    await homework.active()
    homework.known.treating.clear()
    for path in (HERE, f"/v1/goals/{GOAL}"):
        assert (await homework.get("masha", path)).status_code == 200, path
        assert (await homework.get("anna", path)).status_code == 404, path
    done = await homework.post("masha", f"{HERE}/completions", {"quantity": 100})
    assert done.status_code == 201


@pytest.mark.parametrize("still_treats", [True, False])
async def test_whoever_has_left_does_nothing_about_homework(
    homework: Homework,
    still_treats: bool,  # noqa: FBT001 - a case
) -> None:
    """None of it is a record that one finishes: it is treatment."""
    await homework.active()
    homework.known.left.add((CLINIC, ANNA))
    homework.known.finishing |= homework.known.treating
    if not still_treats:
        homework.known.treating.clear()
    for answer in (
        await homework.get("anna", HERE),
        await homework.post("anna", f"{HERE}/completions", {"quantity": 100}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "staff-left")
