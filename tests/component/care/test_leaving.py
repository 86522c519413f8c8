"""Staff who leave: known to care at once, and refused by it although their token lives."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, CLINIC, MASHA, OTHER_CLINIC
from libs.testing.databases import Database
from services.care.examples import REQUESTS
from tests.component.callers import ADMIN, a_store
from tests.component.care.test_care_over_http import Care

LEFT = {"person_id": str(ANNA), "occurred_at": "2026-03-02T08:00:00Z"}
HERS = f"/v1/departures/{ANNA}"
WINDOW = f"/v1/records-windows/{CLINIC}"


@pytest.fixture
async def care(either: Database | None) -> AsyncIterator[Care]:
    async with a_store(either, "care_app") as store:
        yield Care(store)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_an_admin_records_who_left_and_who_came_back(care: Care) -> None:
    assert (await care.done("admin", "/v1/departures", LEFT))["id"] == str(ANNA)
    assert await care.shown("admin", HERS) == {
        "id": str(ANNA),
        "left_at": "2026-03-02T08:00:00Z",
        "returned_at": None,
    }
    await care.done("admin", f"{HERS}/returns", {"occurred_at": "2026-03-02T08:30:00Z"})
    assert (await care.shown("admin", HERS))["returned_at"] == "2026-03-02T08:30:00Z"
    await care.done("admin", "/v1/departures", {"person_id": str(ANNA)})
    assert (await care.shown("admin", HERS))["returned_at"] is None


async def test_nobody_leaves_by_their_own_word(care: Care) -> None:
    own = {"person_id": str(ADMIN)}
    assert code(await care.post("admin", "/v1/departures", own)) == (422, "own-departure")


@pytest.mark.parametrize("name", ["anna", "masha", "integrator", "operator"])
async def test_nobody_but_an_admin_says_who_left(care: Care, name: str) -> None:
    assert code(await care.post(name, "/v1/departures", LEFT)) == (403, "role-not-allowed")
    assert code(await care.get(name, HERS)) == (403, "role-not-allowed")


async def test_a_clinic_sets_its_own_window_and_no_others(care: Care) -> None:
    body = {"clinic_id": str(CLINIC), "days": 14}
    assert code(await care.post("admin", "/v1/records-windows", body)) == (
        409,
        "clinic-not-registered",
    )
    await care.opened()
    await care.done("admin", "/v1/records-windows", body)
    assert await care.shown("anna", WINDOW) == {"id": str(CLINIC), "days": 14}
    foreign = {**body, "clinic_id": str(OTHER_CLINIC)}
    missing = {**body, "clinic_id": str(UUID(int=1))}
    for other in (foreign, missing):
        answer = await care.post("admin", "/v1/records-windows", other)
        assert code(answer) == (409, "not-known-yet")
    for days in (-1, 91):
        answer = await care.post("admin", "/v1/records-windows", {**body, "days": days})
        assert code(answer) == (422, "invalid-request")


async def test_nobody_is_given_a_patient_who_has_left(care: Care) -> None:
    await care.opened()
    await care.done("admin", "/v1/departures", LEFT)
    begin = REQUESTS["beginCareRelationship"]
    answer = await care.post("admin", "/v1/care-relationships", begin)
    assert code(answer) == (409, "therapist-has-left")
    await care.done("admin", f"{HERS}/returns", {})
    await care.done("admin", "/v1/care-relationships", begin)


@pytest.mark.parametrize(
    ("name", "person", "path"),
    [
        ("anna", ANNA, f"/v1/patients/{MASHA}"),
        ("anna", ANNA, f"/v1/clinics/{CLINIC}"),
        ("admin", ADMIN, f"/v1/patients/{MASHA}"),
        ("integrator", ADMIN, f"/v1/patients/{MASHA}"),
    ],
)
async def test_whoever_has_left_is_told_so_and_nothing_else(
    care: Care, name: str, person: UUID, path: str
) -> None:
    """Also who was related to the clinic as a whole."""
    await care.in_care()
    assert (await care.get(name, path)).status_code == 200
    care.known.left.add((CLINIC, person))
    assert code(await care.get(name, path)) == (403, "staff-left")
    care.known.left.clear()
    assert (await care.get(name, path)).status_code == 200


async def test_who_left_one_clinic_may_work_in_another(care: Care) -> None:
    await care.in_care()
    care.known.left.add((OTHER_CLINIC, ANNA))
    assert (await care.get("anna", f"/v1/patients/{MASHA}")).status_code == 200


async def test_a_batch_of_somebody_who_left_does_nothing(care: Care) -> None:
    place = await care.scheduled()
    care.known.left.add((CLINIC, ANNA))
    queued = {
        "operation": "rescheduleSession",
        "id": place.rpartition("/")[2],
        "idempotency_key": "k",
        "body": REQUESTS["rescheduleSession"],
    }
    answers = (await care.post("anna", "/v1/commands", {"commands": [queued]})).json()["answers"]
    assert [each["body"]["code"] for each in answers] == ["staff-left"]


async def test_of_a_session_that_was_held_its_therapist_may_still_say_that_it_ended(
    care: Care,
) -> None:
    place = await care.scheduled()
    await care.done("anna", f"{place}/starts", {"occurred_at": "2026-02-26T16:02:00Z"})
    care.known.treating.clear()
    ends = {"occurred_at": "2026-02-26T16:51:00Z"}
    assert code(await care.post("anna", f"{place}/ends", ends)) == (404, "not-found")
    care.known.left.add((CLINIC, ANNA))
    assert code(await care.post("anna", f"{place}/ends", ends)) == (404, "not-found")
    care.known.finishing.add((CLINIC, ANNA, MASHA))
    moved = await care.post("anna", f"{place}/reschedulings", REQUESTS["rescheduleSession"])
    assert code(moved) == (403, "staff-left")
    assert code(await care.post("boris", f"{place}/ends", ends)) == (404, "not-found")
    afterwards = {"occurred_at": "2026-03-02T09:01:00Z"}
    assert code(await care.post("anna", f"{place}/ends", afterwards)) == (404, "not-found")
    await care.done("anna", f"{place}/ends", ends)


async def test_a_discharged_patient_keeps_what_is_recorded_of_them(care: Care) -> None:
    place = await care.scheduled()
    await care.done("masha", "/v1/consents", REQUESTS["giveConsent"])
    begun = f"/v1/care-relationships/{REQUESTS['beginCareRelationship']['id']}"
    await care.done("admin", f"{begun}/ends", {"reason": "therapy_completed"})
    care.known.treating.clear()
    for path in (place, begun, f"/v1/patients/{MASHA}", f"/v1/clinics/{CLINIC}"):
        assert (await care.get("masha", path)).status_code == 200, path
        if path != f"/v1/clinics/{CLINIC}":
            assert (await care.get("anna", path)).status_code == 404, path
