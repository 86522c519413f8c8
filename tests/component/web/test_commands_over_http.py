"""How a service takes requests: once per key, for those who may, at the version they saw."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from libs.eventstore.consistency import encode
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.store import StoreUnavailable
from libs.privacy.sealing import KeyBroken, KeyringUnavailable, SealBroken, UnknownSubject
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, NOW, OTHER_CLINIC
from libs.testing.sealer import ReadableSealer
from libs.testing.web import Following, Known, client, consistency_token, edge
from libs.web.service import Manners
from tests.component.web.practice import GIVE, RATE, app

MADE = "01990000-0000-7000-8000-0000000000aa"
BY_ANNA = consistency_token(("practice-01990000-0000-7000-8000-000000000003", 1))


class Clinic:
    """One service, and browsers of everybody."""

    def __init__(self) -> None:
        self.now = NOW
        self.known = Known()
        self.following = Following()
        self.sealer = ReadableSealer()
        self.store = InMemoryEventStore()
        self.app = app(
            edge(
                known=self.known,
                following=self.following,
                sealer=self.sealer,
                clock=self.clock,
            ),
            self.store,
        )
        self._keys = 0

    def clock(self) -> datetime:
        return self.now

    async def post(self, name: str, path: str, body: object, **headers: str) -> httpx.Response:
        self._keys += 1
        told = {"Idempotency-Key": f"key-{self._keys}"}
        told.update({key.replace("_", "-"): value for key, value in headers.items()})
        async with client(self.app, name) as browser:
            return await browser.post(path, json=body, headers=told)

    async def get(self, name: str, path: str, **headers: str) -> httpx.Response:
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        async with client(self.app, name) as browser:
            return await browser.get(path, headers=told)

    async def given(self) -> str:
        answer = await self.post("anna", "/v1/practices", {**GIVE, "id": MADE})
        assert answer.status_code == 201
        return f"/v1/practices/{MADE}"


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


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


async def test_private_text_is_stored_sealed_and_shown_opened(clinic: Clinic) -> None:
    place = await clinic.given()
    (given,) = await clinic.store.read(CLINIC, f"practice-{MADE}")
    assert b"Larry" not in given.data
    assert (await clinic.get("masha", place)).json()["title"] == GIVE["title"]


async def test_erased_text_is_shown_as_erased(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.sealer.erase(MASHA)
    assert (await clinic.get("masha", place)).json()["title"] == {"erased": True}


async def test_text_that_does_not_open_is_shown_like_erased_text(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record or a key that somebody changed: the rest of what she may read is still there."""

    async def does_not_open(*_arguments: object, **_named: object) -> None:
        raise SealBroken

    place = await clinic.given()
    monkeypatch.setattr(clinic.sealer, "open", does_not_open)
    answer = await clinic.get("masha", place)
    assert (answer.status_code, answer.json()["title"]) == (200, {"erased": True})
    assert answer.json()["patient_id"] == str(MASHA)


async def test_nothing_more_is_said_of_somebody_erased(clinic: Clinic) -> None:
    clinic.sealer.erase(MASHA)
    answer = await clinic.post("anna", "/v1/practices", GIVE)
    assert (answer.status_code, answer.json()["code"]) == (409, "subject-erased")


async def test_who_has_it_already_gets_no_body(clinic: Clinic) -> None:
    place = await clinic.given()
    same = await clinic.get("masha", place, If_None_Match='W/"1"')
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
    await clinic.post("masha", f"{place}/ratings", RATE)
    assert (await clinic.get("masha", place, If_None_Match='"1"')).status_code == 200


async def test_one_can_look_at_it_as_it_was(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.now += timedelta(days=1)
    await clinic.post("masha", f"{place}/ratings", RATE)
    then = await clinic.get("masha", f"{place}?as_of=2026-03-02T12:00:00Z")
    now = await clinic.get("masha", place)
    assert (len(then.json()["ratings"]), len(now.json()["ratings"])) == (0, 1)
    assert then.headers["etag"] == '"1"'


async def test_before_its_beginning_there_is_nothing(clinic: Clinic) -> None:
    place = await clinic.given()
    assert (await clinic.get("masha", f"{place}?as_of=2020-01-01T00:00:00Z")).status_code == 404


async def test_who_treats_no_longer_sees_nothing_of_old_either(clinic: Clinic) -> None:
    place = await clinic.given()
    clinic.known.treating.clear()
    assert (await clinic.get("anna", f"{place}?as_of=2026-03-02T12:00:00Z")).status_code == 404


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
