"""Groups over HTTP: those who lead one see who belongs to it, and nobody else sees anything."""

from typing import Any
from uuid import uuid4

import pytest

from libs.eventstore.memory import InMemoryEventStore
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA
from services.care.examples import GROUP, REQUESTS
from tests.component.care.test_care_over_http import Care

PATH = f"/v1/groups/{GROUP}"


@pytest.fixture
async def care() -> Care:
    """Anna leads a group to which Masha belongs."""
    care = Care(InMemoryEventStore())
    await care.in_care()
    await care.done("anna", "/v1/groups", REQUESTS["createGroup"])
    care.known.facilitating.add((CLINIC, ANNA, GROUP))
    await care.done("anna", f"{PATH}/members", REQUESTS["addMember"])
    return care


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("name", ["anna", "admin", "integrator"])
async def test_c25_those_who_lead_a_group_see_who_belongs_to_it(care: Care, name: str) -> None:
    seen = await care.shown(name, PATH)
    assert (seen["facilitators"], [each["patient_id"] for each in seen["members"]]) == (
        [str(ANNA)],
        [str(MASHA)],
    )


@pytest.mark.parametrize("name", ["masha", "lev", "boris", "stranger", "operator"])
async def test_c25_nobody_else_sees_a_group_or_changes_it(care: Care, name: str) -> None:
    before = await care.shown("anna", PATH)
    there, missing = await care.get(name, PATH), await care.get(name, f"/v1/groups/{uuid4()}")
    assert there.status_code in {403, 404}
    assert there.json()["code"] == missing.json()["code"]
    for part in ("members", "member-removals", "facilitators", "facilitator-removals"):
        body = {"patient_id": str(LEV)} if "member" in part else {"therapist_id": str(BORIS)}
        assert (await care.post(name, f"{PATH}/{part}", body)).status_code in {403, 404}
    assert await care.shown("anna", PATH) == before


async def test_c25_whoever_steps_back_sees_it_no_more(care: Care) -> None:
    assert (await care.get("anna", PATH)).status_code == 200
    care.known.facilitating.clear()
    assert (await care.get("anna", PATH)).status_code == 404


async def test_c25_only_who_is_treated_by_one_who_leads_joins(care: Care) -> None:
    stranger = {"patient_id": str(LEV)}
    assert code(await care.post("anna", f"{PATH}/members", stranger)) == (409, "not-known-yet")
    care.known.treating.add((CLINIC, ANNA, LEV))
    await care.done("anna", f"{PATH}/members", stranger)
    await care.done("anna", f"{PATH}/member-removals", stranger)
    assert len((await care.shown("anna", PATH))["members"]) == 1


async def test_c25_no_therapist_puts_another_in_front_of_a_group(care: Care) -> None:
    of_boris = {**REQUESTS["createGroup"], "id": str(uuid4()), "therapist_id": str(BORIS)}
    assert code(await care.post("anna", "/v1/groups", of_boris)) == (409, "not-known-yet")


async def test_c25_who_has_left_leads_no_group(care: Care) -> None:
    await care.done("admin", "/v1/therapists", {"id": str(BORIS), "name": "Boris"})
    boris = {"therapist_id": str(BORIS)}
    await care.done("admin", "/v1/departures", {"person_id": str(BORIS)})
    refused = await care.post("admin", f"{PATH}/facilitators", boris)
    assert code(refused) == (409, "therapist-has-left")
    await care.done("admin", f"/v1/departures/{BORIS}/returns", {})
    await care.done("admin", f"{PATH}/facilitators", boris)
    assert (await care.shown("admin", PATH))["facilitators"] == [str(ANNA), str(BORIS)]


async def test_c25_a_groups_name_is_one_line_of_print(care: Care) -> None:
    for name in ("", "x" * 201, "two\nlines"):
        told = {**REQUESTS["createGroup"], "id": str(uuid4()), "name": name}
        assert code(await care.post("anna", "/v1/groups", told)) == (422, "invalid-request")


async def test_c25_a_groups_session_is_seen_and_led_by_those_who_lead_the_group(
    care: Care,
) -> None:
    answer = await care.done("anna", "/v1/group-sessions", REQUESTS["scheduleGroupSession"])
    path = f"/v1/sessions/{answer['id']}"
    seen = await care.shown("anna", path)
    assert (seen["patient_id"], seen["group_id"], seen["duration_min"]) == (None, str(GROUP), 90)
    for name in ("masha", "lev", "boris", "stranger"):
        assert (await care.get(name, path)).status_code == 404
        assert (await care.post(name, f"{path}/cancellations", {})).status_code == 404
    await care.done("anna", f"{path}/reschedulings", REQUESTS["rescheduleSession"])
    await care.done("anna", f"{path}/cancellations", {"reason": "illness"})
    assert (await care.shown("anna", path))["status"] == "cancelled"


async def test_c25_who_does_not_lead_the_group_leads_no_session_of_it(care: Care) -> None:
    told = REQUESTS["scheduleGroupSession"]
    assert code(await care.post("boris", "/v1/group-sessions", told)) == (409, "not-known-yet")
    of_boris = {**told, "therapist_id": str(BORIS)}
    assert code(await care.post("anna", "/v1/group-sessions", of_boris)) == (
        409,
        "not-known-yet",
    )
