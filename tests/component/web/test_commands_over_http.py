"""How a service takes requests: once per key, at the version they saw, with when and why."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.eventstore.store import StoreUnavailable
from libs.privacy.sealing import KeyBroken, KeyringUnavailable, UnknownSubject
from libs.testing.cast import BORIS, CLINIC, LEV, MASHA, NOW
from libs.testing.web import client, edge
from libs.web.service import Manners
from tests.component.web.clinic import MADE, Clinic
from tests.component.web.practice import GIVE, RATE, app


async def test_a_therapist_gives_something_to_practise(clinic: Clinic) -> None:
    answer = await clinic.post("anna", "/v1/practices", {**GIVE, "id": MADE})
    assert answer.status_code == 201
    assert answer.json() == {
        "id": MADE,
        "version": 1,
        "consistency": answer.headers["interlude-consistency"],
        "notices": [],
    }
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/v1/practices/{MADE}"
    assert answer.headers["cache-control"] == "no-store"


async def test_ids_that_nobody_brought_are_made_at_every_depth(clinic: Clinic) -> None:
    made = (await clinic.post("anna", "/v1/practices", GIVE)).json()["id"]
    shown = (await clinic.get("anna", f"/v1/practices/{made}")).json()
    assert len({made, *(step["id"] for step in shown["steps"])}) == 2


async def test_what_a_clinician_may_overrule_is_a_notice(clinic: Clinic) -> None:
    answer = await clinic.post("anna", "/v1/practices", {**GIVE, "steps": []})
    assert answer.json()["notices"] == [{"code": "no-steps", "pointer": "/steps"}]


async def test_the_same_key_and_request_are_done_once(clinic: Clinic) -> None:
    first = await clinic.post("anna", "/v1/practices", GIVE, Idempotency_Key="one")
    again = await clinic.post("anna", "/v1/practices", GIVE, Idempotency_Key="one")
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def test_order_and_spaces_of_the_body_do_not_make_another_request(clinic: Clinic) -> None:
    turned = dict(reversed(GIVE.items()))
    first = await clinic.post("anna", "/v1/practices", GIVE, Idempotency_Key="one")
    again = await clinic.post("anna", "/v1/practices", turned, Idempotency_Key="one")
    assert again.json() == first.json()


async def test_a_key_cannot_be_used_for_another_request(clinic: Clinic) -> None:
    await clinic.post("anna", "/v1/practices", GIVE, Idempotency_Key="one")
    other = await clinic.post(
        "anna", "/v1/practices", {**GIVE, "title": "another"}, Idempotency_Key="one"
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_key_of_one_person_means_nothing_to_another(clinic: Clinic) -> None:
    place = await clinic.given()
    await clinic.post("anna", f"{place}/ratings", RATE, Idempotency_Key="one")
    answer = await clinic.post("masha", f"{place}/ratings", RATE, Idempotency_Key="one")
    assert (answer.status_code, answer.json()["version"]) == (201, 3)


async def test_a_command_at_the_version_that_was_seen_is_taken(clinic: Clinic) -> None:
    place = await clinic.given()
    answer = await clinic.post("masha", f"{place}/ratings", RATE, If_Match='"1"')
    assert answer.status_code == 201


async def test_a_command_at_an_older_version_learns_the_current_one(clinic: Clinic) -> None:
    place = await clinic.given()
    await clinic.post("masha", f"{place}/ratings", RATE)
    answer = await clinic.post("anna", f"{place}/ratings", RATE, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    assert answer.json()["current_version"] == 2
    assert answer.headers["etag"] == '"2"'


async def test_what_is_created_has_no_version_to_insist_on(clinic: Clinic) -> None:
    """Or whoever creates under the id of somebody else's would be told the version of that."""
    place = await clinic.given()
    await clinic.post("masha", f"{place}/ratings", RATE)
    clinic.known.treating.add((CLINIC, BORIS, LEV))
    his = {**GIVE, "id": MADE, "patient_id": str(LEV)}
    for tag in ('"0"', '"1"', '"7"'):
        answer = await clinic.post("boris", "/v1/practices", his, If_Match=tag)
        assert (answer.status_code, answer.json()["code"]) == (400, "if-match-on-creation")
        assert "etag" not in answer.headers
        assert "current_version" not in answer.json()


async def test_a_correction_needs_the_version_that_was_seen(clinic: Clinic) -> None:
    place = await clinic.given()
    answer = await clinic.post("anna", f"{place}/endings", {})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required")


async def test_what_is_so_already_is_answered_with_200(clinic: Clinic) -> None:
    place = await clinic.given()
    await clinic.post("anna", f"{place}/endings", {}, If_Match='"1"')
    answer = await clinic.post("anna", f"{place}/endings", {}, If_Match='"2"')
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def test_a_broken_rule_is_a_conflict_with_its_code_and_place(clinic: Clinic) -> None:
    place = await clinic.given()
    await clinic.post("anna", f"{place}/endings", {}, If_Match='"1"')
    answer = await clinic.post("masha", f"{place}/ratings", RATE)
    assert (answer.status_code, answer.json()["code"]) == (409, "practice-is-over")
    assert answer.json()["detail"] == "It has ended, and cannot be rated any more."
    assert answer.json()["errors"][0]["pointer"] == "/rating"


async def test_a_service_may_give_a_rule_its_own_status(clinic: Clinic) -> None:
    answer = await clinic.post("anna", "/v1/practices", {**GIVE, "title": "teapot"})
    assert (answer.status_code, answer.json()["code"]) == (410, "teapot-practice")


async def test_what_is_told_late_keeps_when_it_happened_and_where(clinic: Clinic) -> None:
    told = {**GIVE, "id": MADE, "occurred_at": "2026-02-20T16:00:00+01:00", "zone": "Europe/Paris"}
    await clinic.post("anna", "/v1/practices", told)
    (given,) = await clinic.store.read(CLINIC, f"practice-{MADE}")
    assert given.occurred_at.isoformat() == "2026-02-20T15:00:00+00:00"
    assert given.zone == "Europe/Paris"
    assert given.recorded_at == NOW


async def test_correlation_and_trace_go_along(clinic: Clinic) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    body = {**GIVE, "id": MADE}
    answer = await clinic.post(
        "anna", "/v1/practices", body, X_Correlation_Id=str(MASHA), traceparent=trace
    )
    (given,) = await clinic.store.read(CLINIC, f"practice-{MADE}")
    assert answer.headers["x-correlation-id"] == str(MASHA)
    assert (given.correlation_id, given.traceparent) == (MASHA, trace)


async def test_a_correlation_that_is_no_id_is_not_passed_on(clinic: Clinic) -> None:
    answer = await clinic.post("anna", "/v1/practices", GIVE, X_Correlation_Id="masha@clinic")
    assert answer.status_code == 201
    assert "masha" not in answer.headers["x-correlation-id"]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (StoreUnavailable(), 503, "store-unavailable"),
        (KeyringUnavailable(), 503, "keyring-unavailable"),
        (KeyBroken(), 503, "keyring-unavailable"),
        (UnknownSubject(), 409, "not-known-yet"),
    ],
)
async def test_what_is_away_for_a_while_says_when_to_come_back(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    code: str,
) -> None:
    async def fails(*_arguments: object, **_named: object) -> None:
        raise failure

    monkeypatch.setattr(clinic.sealer, "seal", fails)
    answer = await clinic.post("anna", "/v1/practices", GIVE)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["retry-after"] == "1"


@pytest.fixture
async def full() -> AsyncIterator[httpx.AsyncClient]:
    async with client(app(edge(), manners=Manners(most=0)), "anna") as browser:
        yield browser


async def test_too_much_at_once_is_refused_at_the_door(full: httpx.AsyncClient) -> None:
    answer = await full.post("/v1/practices", json=GIVE)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.headers["retry-after"] == "1"
    assert (await full.get("/livez")).status_code == 200
