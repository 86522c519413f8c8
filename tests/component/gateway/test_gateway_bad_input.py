"""What cannot be right gets a documented refusal: never a 5xx, never an echo, nothing half done."""

from typing import Any

import httpx
import orjson
import pytest

from libs.testing.cast import MASHA
from services.gateway.graphql.ids import to_global
from services.gateway.graphql.limits import USUAL
from tests.component.gateway.asking import Answers

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

HER = to_global("Patient", MASHA)
RESPONSE = "application/graphql-response+json"
CANARY = "canary"


def document(query: str, **variables: Any) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})


BODIES = {
    "not JSON": b'{"query": "canary',
    "empty": b"",
    "a list": b'[{"query": "{ me { name } }"}]',
    "NaN": b'{"query": "{ me { name } }", "variables": {"canary": NaN}}',
    "a duplicate name": b'{"query": "{ me { name } }", "query": "{ canary }"}',
    "NUL": b'{"query": "{ me { name } }", "variables": {"canary": "\\u0000"}}',
    "half a character": b'{"query": "{ me { name } }", "variables": {"canary": "\\ud800"}}',
    "no query": b'{"canary": 1}',
    "a number for a query": b'{"query": 7}',
    "variables in a list": b'{"query": "{ me { name } }", "variables": ["canary"]}',
    "deep": b'{"query": "x", "variables": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}",
    "bytes that are no text": b'{"query": "\xff\xfe"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_request(ask: Any, body: bytes) -> None:
    answer = await ask.post("anna", body)
    assert 400 <= answer.status_code < 500
    assert orjson.loads(answer.content)["errors"][0]["extensions"]["code"]
    assert CANARY not in answer.text


async def test_a_body_beyond_all_measure(ask: Any) -> None:
    answer = await ask.post("anna", document("{ me { name } }", canary="x" * 300_000))
    assert answer.status_code == 413


async def test_a_body_of_another_kind(ask: Any) -> None:
    answer = await ask.post("anna", b"query=canary", **{"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert CANARY not in answer.text


DOCUMENTS = {
    "no GraphQL": "query { canary(",
    "an unknown field": "{ canaryField }",
    "an unknown argument": '{ patient(id: "x", canary: 1) { name } }',
    "a wrong type": '{ caseload(first: "canary") { nodes { since } } }',
    "an unknown fragment": "{ me { ...canary } }",
    "an unknown variable": "{ patient(id: $canary) { name } }",
    "a fragment in a circle": "{ me { ...a } } fragment a on Me { ...b } fragment b on Me { ...a }",
    "an unknown directive": "{ me { name @canary } }",
    "an unknown enum value": f'{{ assignments(first: 1, patientId: "{HER}", status: [CANARY])'
    " { nodes { id } } }",
    "an unknown input field": 'mutation { rateReadiness(input: {assignmentId: "x", canary: "c"})'
    " { id } }",
    "nested beyond reading": "{ " * 1_500 + "canary" + " }" * 1_500,
    "thousands of digits": f"{{ caseload(first: {'9' * 5_000}) {{ nodes {{ since }} }} }}",
    "far too many words": "{ " + "me { name } " * 3_000 + "}",
}


@pytest.mark.parametrize("query", DOCUMENTS.values(), ids=DOCUMENTS.keys())
async def test_a_document_that_does_not_fit(ask: Any, query: str) -> None:
    answer = await ask.post("anna", document(query), Accept=RESPONSE)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith(RESPONSE)
    content = orjson.loads(answer.content)
    assert "data" not in content
    assert content["errors"][0]["extensions"]["code"] != "INTERNAL"
    assert CANARY not in answer.text.lower()


async def test_a_variable_that_does_not_fit_is_not_repeated(ask: Any) -> None:
    query = "query($n: Int) { caseload(first: $n) { nodes { since } } }"
    for value in ("canary", {"canary": 1}, ["canary"], 2**40, 1.5):
        answer = await ask.post("anna", document(query, n=value), Accept=RESPONSE)
        assert answer.status_code < 500
        assert orjson.loads(answer.content)["errors"]
        assert CANARY not in answer.text


TOO_MUCH = {
    "aliases": "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(USUAL.aliases + 1)) + " }",
    "directives": "{ me { " + "name @include(if: true) " * (USUAL.directives + 1) + "} }",
    "depth": "{ x " * (USUAL.depth + 1) + "}" * (USUAL.depth + 1),
    "cost": "{ "
    + " ".join(
        f"{name}(first: 100) {{ edges {{ node {{ {'__typename a b c d e f ' * 20} }} }} }}"
        for name in ("goals", "diary", "notebook", "timeline", "assignments")
    )
    + " }",
}


@pytest.mark.parametrize("limit", ["aliases", "directives", "depth", "cost"])
async def test_too_much_of_something(ask: Any, limit: str) -> None:
    answer = await ask("anna", TOO_MUCH[limit])
    about = [error["extensions"] for error in answer["errors"]]
    assert {"code": "LIMIT_EXCEEDED", "limit": limit} in about


@pytest.mark.parametrize(
    "id_", ["canary", "", "%%%", "QXNzaWdubWVudDpjYW5hcnk", to_global("Goal", MASHA), "x" * 5000]
)
async def test_ids_that_mean_nothing_are_nobody(ask: Any, id_: str) -> None:
    query = "query($id: ID!) { patient(id: $id) { name } node(id: $id) { id } }"
    assert await ask("anna", query, id=id_) == {"data": {"patient": None, "node": None}}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("", "PAGE_SIZE"),
        ("first: 1, last: 1", "PAGE_SIZE"),
        ("first: 0", "PAGE_SIZE"),
        ("first: -1", "PAGE_SIZE"),
        ("last: 101", "PAGE_SIZE"),
        ('first: 1, before: "x"', "PAGE_SIZE"),
        ('first: 1, after: "canary"', "BAD_CURSOR"),
        ('first: 1, after: "WyJjYXNlbG9hZCJd"', "BAD_CURSOR"),
    ],
)
async def test_pages_that_cannot_be(ask: Any, arguments: str, code: str) -> None:
    brackets = f"({arguments})" if arguments else ""
    answer = await ask("anna", f"{{ caseload{brackets} {{ nodes {{ since }} }} }}")
    assert answer["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31"])
async def test_there_is_no_first_and_no_last_of_all_days(ask: Any, date: str) -> None:
    query = "query($id: ID!, $date: Date) { today(patientId: $id, date: $date) { localDate } }"
    answer = await ask("anna", query, id=HER, date=date)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_cursor_of_another_list_is_refused(ask: Any) -> None:
    goals = await ask("masha", "{ goals(first: 1) { pageInfo { endCursor } } }")
    cursor = goals["data"]["goals"]["pageInfo"]["endCursor"]
    query = "query($after: String) { diary(first: 1, after: $after) { nodes { id } } }"
    answer = await ask("masha", query, after=cursor)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CURSOR"


async def test_without_a_token_nothing_is_told(ask: Any) -> None:
    answer = await ask.post(None, document("{ me { name } }"))
    assert answer.status_code == 401
    assert orjson.loads(answer.content)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("token", ["forged", "a.b.c", "x" * 9000])
async def test_a_forged_token_is_refused_before_anything_is_read(ask: Any, token: str) -> None:
    answer = await ask.post(token, document("{ me { name } }"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"]
    assert orjson.loads(answer.content)["errors"][0]["extensions"]["code"] == "NOT_AUTHENTICATED"


async def test_a_token_of_consistency_that_is_none_of_ours(ask: Any) -> None:
    query = '{ me { name } patient(id: "x", consistency: "canary") { name } }'
    answer = await ask("anna", query)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CONSISTENCY_TOKEN"
    assert CANARY not in str(answer)


async def test_other_methods_are_refused(app: Any) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.put("/graphql")).status_code == 405
        mutation = {"query": 'mutation { rateReadiness(input: {assignmentId: "x"}) { id } }'}
        by_get = await client.get(
            "/graphql", params=mutation, headers={"Authorization": "Bearer anna"}
        )
        assert by_get.status_code in {400, 405}


@pytest.mark.parametrize("accepted", ["application/json", RESPONSE])
async def test_a_subscription_needs_a_stream(
    ask: Any, caplog: pytest.LogCaptureFixture, accepted: str
) -> None:
    watch = "subscription($id: ID!) { patientChanged(patientId: $id) { cursor } }"
    answer = await ask.post("anna", document(watch, id=HER), Accept=accepted)
    assert answer.status_code == 400
    (error,) = orjson.loads(answer.content)["errors"]
    assert error["extensions"]["code"] == "SUBSCRIPTION_NEEDS_STREAM"
    assert caplog.messages == []


async def test_nothing_was_passed_on(ask: Any, service: Answers) -> None:
    for query in DOCUMENTS.values():
        await ask.post("anna", document(query))
    assert service.seen == []
