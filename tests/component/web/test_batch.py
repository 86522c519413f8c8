"""What was queued offline arrives in order, and every command is answered by itself."""

import asyncio
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import httpx
import pytest

from libs.testing.cast import LEV
from libs.testing.web import Names, client, edge
from libs.web import bodies
from libs.web.allowances import admitting
from tests.component.web.practice import GIVE, RATE, app

KEY = {"Idempotency-Key": "k1"}
MADE = "01990000-0000-7000-8000-0000000000aa"

give = {
    "operation": "givePractice",
    "idempotency_key": "g1",
    "body": {**GIVE, "id": MADE},
}
rate = {"operation": "ratePractice", "id": MADE, "idempotency_key": "r1", "body": RATE}


async def sent(*commands: Any, name: str = "anna") -> httpx.Response:
    async with client(app(edge()), name) as browser:
        return await browser.post("/v1/commands", json={"commands": commands})


async def test_a_later_command_speaks_of_what_an_earlier_one_made() -> None:
    answer = await sent(give, rate)
    assert answer.status_code == 200
    first, second = answer.json()["answers"]
    assert (first["status"], first["body"]["version"]) == (201, 1)
    assert (second["status"], second["body"]["version"]) == (201, 2)
    assert first["headers"]["etag"] == '"1"'
    assert first["headers"]["location"] == f"/v1/practices/{MADE}"


async def test_sent_again_it_is_done_once() -> None:
    service = app(edge())
    async with client(service, "anna") as browser:
        batch = {"commands": [give, rate]}
        before = (await browser.post("/v1/commands", json=batch)).json()["answers"]
        again = (await browser.post("/v1/commands", json=batch)).json()["answers"]
    assert [each["body"] for each in again] == [each["body"] for each in before]
    assert all(each["headers"]["idempotency-replayed"] == "true" for each in again)


async def test_a_refusal_of_one_does_not_stop_the_others() -> None:
    unknown = {**give, "operation": "flyToTheMoon", "idempotency_key": "u1"}
    unfit = {**give, "idempotency_key": "u2", "body": {}}
    stranger = {**give, "idempotency_key": "u3", "body": {**GIVE, "patient_id": str(LEV)}}
    stale = {**rate, "idempotency_key": "r2", "if_match": 7}
    created_at_a_version = {**give, "idempotency_key": "g2", "if_match": 7}
    keyless = {**rate, "idempotency_key": "a\tb"}
    misplaced = {**rate, "id": None, "idempotency_key": "r3"}
    answer = await sent(
        unknown, unfit, stranger, give, stale, created_at_a_version, keyless, misplaced, rate
    )
    codes = [
        (each["status"], each["body"].get("code", "done")) for each in answer.json()["answers"]
    ]
    assert codes == [
        (404, "unknown-operation"),
        (422, "invalid-request"),
        (409, "not-known-yet"),
        (201, "done"),
        (412, "stale-version"),
        (400, "if-match-on-creation"),
        (400, "idempotency-key-malformed"),
        (404, "not-found"),
        (201, "done"),
    ]


async def test_reading_is_no_command() -> None:
    answer = await sent({"operation": "practice", "id": MADE, "idempotency_key": "x", "body": {}})
    assert answer.json()["answers"][0]["body"]["code"] == "unknown-operation"


async def test_each_is_for_those_who_may() -> None:
    answer = await sent(give, name="masha")
    assert answer.json()["answers"][0]["body"]["code"] == "role-not-allowed"


async def test_two_hundred_are_enough() -> None:
    answer = await sent(*[rate] * 201)
    assert (answer.status_code, answer.json()["code"]) == (400, "too-many-commands")


async def test_what_is_queued_in_a_day_fits_and_what_would_hold_up_others_does_not() -> None:
    wordy = {**GIVE, "title": "x" * 4000}
    fits = [{**give, "idempotency_key": f"k{n}", "body": wordy} for n in range(200)]
    async with client(app(edge()), "anna") as browser:
        taken = await browser.post("/v1/commands", json={"commands": fits})
        too_much = b'{"commands":[' + b"1," * (1 << 19) + b"1]}"
        refused = await browser.post(
            "/v1/commands", content=too_much, headers={"Content-Type": "application/json"}
        )
    assert (taken.status_code, len(taken.json()["answers"])) == (200, 200)
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


async def test_others_are_answered_while_a_large_batch_is_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reading waits for somebody who is only let in meanwhile."""
    served = Event()

    def slowly(raw: bytes) -> bodies.Json:
        assert served.wait(10), "nobody was let in while the batch was read"
        return read_at_once(raw)

    read_at_once = bodies.parsed
    monkeypatch.setattr(bodies, "parsed", slowly)

    async def another() -> None:
        served.set()

    answer, _ = await asyncio.gather(sent(give), another())
    assert answer.json()["answers"][0]["status"] == 201


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"commands": []},
        {"commands": 7},
        {"commands": [7]},
        {"commands": [{**rate, "canary": 1}]},
        {"commands": [{**rate, "body": []}]},
        {"commands": [{**rate, "id": "canary"}]},
        {"commands": [{**rate, "if_match": "1"}]},
        {"commands": [rate], "canary": 1},
    ],
)
async def test_a_batch_that_is_none_is_refused_whole(broken: Any) -> None:
    async with client(app(edge()), "anna") as browser:
        answer = await browser.post("/v1/commands", json=broken)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "canary" not in answer.text


@dataclass
class Never:
    """What somebody claims to have seen never comes; counts who waits for it."""

    waited: int = 0

    async def wait(self, *_what: Any, **_within: Any) -> bool:
        self.waited += 1
        return False


async def test_what_a_client_has_seen_is_waited_for_once_however_many_it_sends() -> None:
    never = Never()
    async with client(app(replace(edge(), awaiting=never)), "anna") as browser:
        first = await browser.post("/v1/practices", json=give["body"], headers=KEY)
        seen = {"Interlude-After": first.headers["interlude-consistency"]}
        many = [{**rate, "idempotency_key": f"r{number}"} for number in range(3)]
        answer = await browser.post("/v1/commands", json={"commands": many}, headers=seen)
    assert [each["status"] for each in answer.json()["answers"]] == [201, 201, 201]
    assert never.waited == 1


async def test_a_batch_counts_like_as_many_requests() -> None:
    names = admitting(Names(), rate=0.5, at_once=3, monotonic=lambda: 0.0)
    service = app(replace(edge(), identity=names))
    async with client(service, "anna") as browser:
        done = await browser.post("/v1/commands", json={"commands": [give, rate]})
        refused = await browser.post("/v1/commands", json={"commands": [give, rate]})
    assert done.status_code == 200
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")


async def test_a_batch_larger_than_any_allowance_needs_a_full_one() -> None:
    names = admitting(Names(), rate=0.5, at_once=2, monotonic=lambda: 0.0)
    many = [{**rate, "idempotency_key": f"r{number}"} for number in range(5)]
    async with client(app(replace(edge(), identity=names)), "anna") as browser:
        answers = [
            await browser.post("/v1/commands", json={"commands": [give, *many]}) for _ in range(2)
        ]
    assert [each.status_code for each in answers] == [200, 429]
