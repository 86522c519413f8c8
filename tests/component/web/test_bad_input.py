"""Whatever is sent wrongly gets its documented 4xx, never an echo, and leaves nothing half done."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import orjson
import pytest

from libs.testing.web import client, edge
from tests.component.web.practice import GIVE, app

CANARY = "canary-of-masha"
KEY = {"Idempotency-Key": "k-1"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def anna() -> AsyncIterator[httpx.AsyncClient]:
    async with client(app(edge()), "anna") as browser:
        yield browser


async def sent(
    browser: httpx.AsyncClient, body: bytes, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await browser.post(
        "/v1/practices", content=body, headers={**JSON, **KEY, **(headers or {})}
    )


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"].endswith(f"/{code}")
    assert problem["title"]
    assert problem["detail"]
    assert len(problem["trace_id"]) == 32
    assert CANARY not in answer.text
    return problem


def with_title(title: bytes) -> bytes:
    return b'{"patient_id":"00000000-0000-7000-8000-0000000000b1","title":' + title + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body-missing"),
        (b" \n ", "body-missing"),
        (b"{" + CANARY.encode(), "malformed-json"),
        (b"\xef\xbb\xbf{}", "malformed-json"),
        (b'{"title": "\xff\xfe"}', "malformed-json"),
        (b'{"title": "a\x00b"}', "malformed-json"),
        (b"{} {}", "malformed-json"),
        (b"[" * 100_000, "malformed-json"),
        (b"{'title': 1}", "malformed-json"),
        (with_title(b"NaN"), "number-not-allowed"),
        (with_title(b"-Infinity"), "number-not-allowed"),
        (with_title(b"1e999"), "number-not-allowed"),
        (with_title(b"9007199254740993"), "number-not-allowed"),
        (with_title(b"9" * 5_000), "number-not-allowed"),
        (with_title(rb'"a\u0000b"'), "character-not-allowed"),
        (with_title(rb'"\ud800"'), "character-not-allowed"),
        (with_title(rb'{"\udfff": 1}'), "character-not-allowed"),
        (with_title(b"1").replace(b"}", b',"title":"x"}'), "duplicate-name"),
        (with_title(b'{"a":1,"a":2}'), "duplicate-name"),
        (with_title(b"[" * 40 + b"]" * 40), "too-deep"),
    ],
)
async def test_what_is_no_json_that_everybody_reads_alike_is_malformed(
    anna: httpx.AsyncClient, body: bytes, code: str
) -> None:
    is_problem(await sent(anna, body), 400, code)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"patient_id": None}, "/patient_id", "wrong-type"),
        ({"patient_id": CANARY}, "/patient_id", "invalid-value"),
        ({"title": 7}, "/title", "text-expected"),
        ({"title": ""}, "/title", "text-length"),
        ({"title": "x" * 281}, "/title", "text-length"),
        ({"title": "   "}, "/title", "text-blank"),
        ({"title": "\n\t\u00a0\u2003"}, "/title", "text-blank"),
        ({"title": CANARY + "\x07"}, "/title", "text-control-characters"),
        ({"title": CANARY + "\u202a"}, "/title", "text-control-characters"),
        ({"title": CANARY + "\u202e"}, "/title", "text-control-characters"),
        ({"title": CANARY + "\u2066"}, "/title", "text-control-characters"),
        ({"title": CANARY + "\u2069"}, "/title", "text-control-characters"),
        ({"title": {"key": "a", "nonce": "b", "ciphertext": CANARY}}, "/title", "text-expected"),
        ({"title": {"erased": True}}, "/title", "text-expected"),
        ({CANARY: 1}, "", "unknown-field"),
        ({"steps": [{"text": "a", CANARY: 1}]}, "/steps/0", "unknown-field"),
        ({"steps": [{}]}, "/steps/0/text", "missing"),
        ({"steps": {"text": "a"}}, "/steps", "wrong-type"),
        ({"steps": [{"text": "a"}] * 4}, "/steps", "wrong-length"),
        ({"steps": [{"id": CANARY, "text": "a"}]}, "/steps/0/id", "invalid-value"),
        ({"id": 7}, "/id", "wrong-type"),
        ({"id": None}, "/id", "wrong-type"),
        ({"patient_zone": "Europe/London"}, "/patient_zone", "unknown-field"),
        ({"by": {"role": "system"}}, "/by", "unknown-field"),
        ({"now": "2020-01-01T00:00:00Z"}, "/now", "unknown-field"),
        ({"zone": CANARY}, "/zone", "unknown-zone"),
        ({"occurred_at": CANARY}, "/occurred_at", "not-an-instant"),
        ({"occurred_at": "2026-03-02T09:00:00"}, "/occurred_at", "not-an-instant"),
        ({"occurred_at": 1}, "/occurred_at", "not-an-instant"),
        ({"occurred_at": "2026-03-02T09:05:01Z"}, "/occurred_at", "occurred-in-the-future"),
    ],
)
async def test_what_does_not_fit_is_said_by_place_and_code(
    anna: httpx.AsyncClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await sent(anna, orjson.dumps({**GIVE, **change}))
    problem = is_problem(answer, 422, "invalid-request")
    assert {"pointer": pointer, "code": code} in [
        {"pointer": each["pointer"], "code": each["code"]} for each in problem["errors"]
    ]


async def test_a_body_that_is_no_object_does_not_fit(anna: httpx.AsyncClient) -> None:
    for body in (b"[]", b'"text"', b"7", b"null"):
        is_problem(await sent(anna, body), 422, "invalid-request")


async def test_a_missing_field_is_named(anna: httpx.AsyncClient) -> None:
    problem = is_problem(await sent(anna, b"{}"), 422, "invalid-request")
    assert [each["pointer"] for each in problem["errors"]] == ["/patient_id", "/title"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": ""},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_only_json_is_taken(anna: httpx.AsyncClient, headers: dict[str, str]) -> None:
    is_problem(await sent(anna, b"{}", headers), 415, "unsupported-media-type")


async def test_a_body_beyond_its_bound_is_refused_by_its_own_account(
    anna: httpx.AsyncClient,
) -> None:
    is_problem(await sent(anna, b" " * (256 * 1024 + 1)), 413, "body-too-large")


async def test_a_body_that_does_not_say_how_long_it_is_is_refused_as_it_grows(
    anna: httpx.AsyncClient,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    answer = await anna.post("/v1/practices", content=endless(), headers={**JSON, **KEY})
    is_problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency-key-required"),
        (b"", "idempotency-key-malformed"),
        (b"x" * 256, "idempotency-key-malformed"),
        (b"a\tb", "idempotency-key-malformed"),
        ("schlüssel".encode(), "idempotency-key-malformed"),
    ],
)
async def test_a_command_needs_a_usable_key(
    anna: httpx.AsyncClient, key: bytes | None, code: str
) -> None:
    headers = {} if key is None else {b"Idempotency-Key": key}
    is_problem(await anna.post("/v1/practices", json=GIVE, headers=headers), 400, code)


@pytest.mark.parametrize("tag", ["3", 'W/"3"', '"three"', "*", '"1", "2"', '"-1"', f'"{CANARY}"'])
async def test_a_malformed_precondition_is_refused(anna: httpx.AsyncClient, tag: str) -> None:
    answer = await sent(anna, orjson.dumps(GIVE), {"If-Match": tag})
    is_problem(answer, 400, "if-match-malformed")


@pytest.mark.parametrize("token", [CANARY, "", "====", "a" * 3_000])
async def test_a_token_that_is_none_of_ours_is_refused(anna: httpx.AsyncClient, token: str) -> None:
    answer = await sent(anna, orjson.dumps(GIVE), {"Interlude-After": token})
    is_problem(answer, 400, "bad-consistency-token")


@pytest.mark.parametrize(
    "authorization",
    [None, "", "anna", "Basic anna", "Bearer", "Bearer nobody", f"Bearer {CANARY}", "Bearer änna"],
)
async def test_without_a_good_token_there_is_one_answer(authorization: str | None) -> None:
    async with client(app(edge())) as nobody:
        headers = [(b"Idempotency-Key", b"k-1")]
        if authorization is not None:
            headers.append((b"Authorization", authorization.encode()))
        answer = await nobody.post("/v1/practices", json=GIVE, headers=headers)
        problem = is_problem(answer, 401, "not-authenticated")
        assert problem["detail"] == "A valid bearer token is needed."
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/v1/{CANARY}", 404, "not-found"),
        ("GET", f"/v1/practices/{CANARY}", 404, "not-found"),
        ("GET", "/v1/practices/00000000-0000-0000-0000-000000000000", 404, "not-found"),
        ("POST", f"/v1/practices/{CANARY}/ratings", 404, "not-found"),
        ("GET", "/v1/practices/%00", 404, "not-found"),
        ("GET", "/v1/practices/x/ratings/y", 404, "not-found"),
        ("GET", "/v1/practices/", 404, "not-found"),
        ("DELETE", "/v1/practices", 405, "method-not-allowed"),
        ("PUT", "/v1/practices/00000000-0000-0000-0000-000000000000", 405, "method-not-allowed"),
        ("POST", "/livez", 405, "method-not-allowed"),
    ],
)
async def test_lost_paths_and_wrong_methods_are_problems_too(
    anna: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    is_problem(await anna.request(method, path, headers=KEY), status, code)


async def test_a_wrong_method_is_told_the_right_ones(anna: httpx.AsyncClient) -> None:
    assert (await anna.delete("/v1/practices")).headers["allow"] == "POST"


@pytest.mark.parametrize(
    "as_of", [CANARY, "2026-03-02", "2026-13-02T09:00:00Z", "9999-12-31T23:59:59Z"]
)
async def test_a_time_that_is_none_is_refused(anna: httpx.AsyncClient, as_of: str) -> None:
    made = (await sent(anna, orjson.dumps(GIVE))).json()["id"]
    answer = await anna.get(f"/v1/practices/{made}", params={"as_of": as_of})
    is_problem(answer, 400, "as-of-malformed")


async def test_a_query_of_a_thousand_fields_is_refused(anna: httpx.AsyncClient) -> None:
    made = (await sent(anna, orjson.dumps(GIVE))).json()["id"]
    answer = await anna.get(f"/v1/practices/{made}?" + "a=1&" * 1_000)
    is_problem(answer, 400, "malformed-request")


async def test_a_refused_request_leaves_its_key_free(anna: httpx.AsyncClient) -> None:
    is_problem(await sent(anna, b"{}"), 422, "invalid-request")
    assert (await sent(anna, orjson.dumps(GIVE))).status_code == 201


async def test_a_bug_says_nothing_but_where_to_look_for_it(
    anna: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await sent(anna, orjson.dumps({**GIVE, "title": "bug"}))
    problem = is_problem(answer, 500, "internal-error")
    logged = capsys.readouterr().out
    assert problem["trace_id"] in logged
    assert "teacup" not in answer.text
