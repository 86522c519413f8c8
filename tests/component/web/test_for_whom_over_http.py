"""Whom a service listens to, about whom, and for whom they speak."""

import pytest

from libs.eventstore.consistency import encode
from libs.testing.cast import ANNA, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.web import consistency_token
from tests.component.web.clinic import BY_ANNA, MADE, Clinic
from tests.component.web.practice import GIVE, RATE


@pytest.mark.parametrize("name", ["boris", "lev", "stranger"])
async def test_to_strangers_it_does_not_exist(clinic: Clinic, name: str) -> None:
    place = await clinic.given()
    elsewhere = "/v1/practices/01990000-0000-7000-8000-00000000dead"
    theirs = await clinic.post(name, f"{place}/ratings", RATE)
    missing = await clinic.post(name, f"{elsewhere}/ratings", RATE)
    assert theirs.status_code == missing.status_code == 404
    assert {**theirs.json(), "trace_id": ""} == {**missing.json(), "trace_id": ""}
    assert (await clinic.get(name, place)).status_code == 404


async def test_a_role_without_the_operation_is_told_so(clinic: Clinic) -> None:
    place = await clinic.given()
    answer = await clinic.post("masha", f"{place}/endings", {}, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
    assert (await clinic.get("analyst", place)).status_code == 403


async def test_naming_a_patient_who_is_not_known_here_may_be_too_early(clinic: Clinic) -> None:
    answer = await clinic.post("anna", "/v1/practices", {**GIVE, "patient_id": str(LEV)})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-known-yet")
    assert answer.headers["retry-after"] == "1"


async def test_after_what_one_has_seen_an_unknown_patient_is_none(clinic: Clinic) -> None:
    body = {**GIVE, "patient_id": str(LEV)}
    answer = await clinic.post("anna", "/v1/practices", body, Interlude_After=BY_ANNA)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert clinic.following.asked == [[("practice-01990000-0000-7000-8000-000000000003", 1)]]


async def test_a_token_given_here_is_taken_here(clinic: Clinic) -> None:
    given = await clinic.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    token = given.json()["consistency"]
    again = await clinic.post("anna", "/v1/practices", GIVE, Interlude_After=token)
    assert again.status_code == 201
    assert clinic.following.asked == [[(f"practice-{MADE}", 1)]]


async def test_how_far_others_streams_have_come_cannot_be_asked_for(clinic: Clinic) -> None:
    """Whether Lev has filed homework, say: his notebook's id follows from his own."""
    stream = [(f"notebook-{LEV}", 7)]
    made_up = encode(stream)
    elsewhere = consistency_token(*stream, tenant_id=OTHER_CLINIC)
    for token in (made_up, elsewhere, f"{made_up}.{elsewhere.rpartition('.')[2]}"):
        answer = await clinic.post("anna", "/v1/practices", GIVE, Interlude_After=token)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-consistency-token")
    assert clinic.following.asked == []


async def test_when_waiting_took_too_long_it_is_still_too_early(clinic: Clinic) -> None:
    clinic.following.applied = False
    body = {**GIVE, "patient_id": str(LEV)}
    answer = await clinic.post("anna", "/v1/practices", body, Interlude_After=BY_ANNA)
    assert answer.status_code == 409


async def test_a_therapist_who_tells_what_the_patient_did_speaks_for_them(clinic: Clinic) -> None:
    place = await clinic.given()
    await clinic.post("anna", f"{place}/ratings", RATE)
    await clinic.post("masha", f"{place}/ratings", RATE)
    by_anna, by_masha = (await clinic.store.read(CLINIC, f"practice-{MADE}"))[1:]
    assert (by_anna.actor_id, by_anna.actor_role, by_anna.on_behalf_of) == (
        ANNA,
        "therapist",
        MASHA,
    )
    assert (by_masha.actor_id, by_masha.actor_role, by_masha.on_behalf_of) == (
        MASHA,
        "patient",
        None,
    )
