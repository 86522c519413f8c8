"""Requests that a browser sends for somebody who does not know of it, several in one, and names
that lead elsewhere: nothing is done, nothing is told, and nothing is passed on to a service.
"""

import os
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
import pytest

from libs.process.keys import DEVELOPMENT_MASTER_KEY
from services.gateway.graphql.ids import to_global
from services.gateway.settings import ApiSettings
from tests.security.fuzz_rest import OPENAPI
from tests.security.hostile_graphql import CANARY, Document, hostile, times
from tests.security.production import Production

pytestmark = [pytest.mark.security("hostile GraphQL"), pytest.mark.postgres]

QUERY = "query looks { me { roles } }"
SESSION = to_global("Session", UUID(int=7))
MUTATION = f'mutation starts {{ startSession(input: {{ sessionId: "{SESSION}" }}) {{ id }} }}'
MANY = 1_000


def asked(query: str, **more: Any) -> bytes:
    return orjson.dumps({"query": query, **more})


def nothing_was_done(production: Production, text: str) -> None:
    assert production.services.seen == []
    assert CANARY not in text.lower()
    assert '"roles"' not in text


async def test_asked_rightly_it_would_be_done(production: Production) -> None:
    await production.post(asked(MUTATION))
    assert len(production.services.seen) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"[" + asked(QUERY) + b"]",
        b"[" + b",".join([asked(MUTATION)] * MANY) + b"]",
        b"[" + b",".join([asked(QUERY)] * MANY) + b"]",
        b"[[" + asked(QUERY) + b"]]",
        b"[]",
        asked(QUERY) + b"\n" + asked(MUTATION),
        asked(QUERY)[:-1] + b',"query":' + orjson.dumps(MUTATION) + b"}",
        orjson.dumps({"queries": [QUERY, MUTATION]}),
        orjson.dumps({"query": [QUERY, MUTATION]}),
    ],
    ids=["one", "a thousand mutations", "a thousand queries", "in another", "none", "line by line",
         "under one name", "under another name", "as a list"],
)  # fmt: skip
async def test_several_requests_in_one_are_refused(production: Production, body: bytes) -> None:
    answer = await production.post(body)
    assert 400 <= answer.status_code < 500
    nothing_was_done(production, answer.text)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/plain; charset=utf-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/graphql",
        "application/jsonp",
        "application/json\ttext/plain",
        "text/plain, application/json",
        "application/json; charset=utf-16",
    ],
)
@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
async def test_what_a_form_can_send_is_not_read(
    production: Production, kind: str, path: str
) -> None:
    answer = await production.post(asked(MUTATION), path, **{"Content-Type": kind})
    assert answer.status_code == 415
    nothing_was_done(production, answer.text)


async def test_a_form_with_a_file_is_not_read(production: Production) -> None:
    operations = asked("mutation($f: Upload!) { rateReadiness(input: $f) { id } }")
    answer = await production.sends(
        "POST",
        "/graphql",
        data={"operations": operations.decode(), "map": '{"0":["variables.f"]}'},
        files={"0": (f"{CANARY}.txt", b"x")},
    )
    assert answer.status_code == 415
    nothing_was_done(production, answer.text)


@pytest.mark.parametrize(
    "told",
    [
        {"query": MUTATION},
        {"query": f"{QUERY} {MUTATION}", "operationName": "starts"},
        {"query": f"{MUTATION} {QUERY}"},
        {"query": MUTATION, "variables": "{}"},
        {"query": MUTATION, "extensions": '{"persistedQuery":{"version":1}}'},
        {"query": "subscription { patientChanged(patientId: 1) { cursor } }"},
        {"query": QUERY, "variables": "{"},
        {"query": QUERY, "variables": "[1]"},
        {"query": "{ " + "me " * 10_000 + "}"},
        {"operationName": CANARY},
    ],
    ids=["a mutation", "a mutation by name", "a mutation first", "with variables",
         "with extensions", "a subscription", "half of its variables", "variables in a list",
         "far too many words", "a name alone"],
)  # fmt: skip
async def test_nothing_is_changed_by_looking(production: Production, told: dict[str, str]) -> None:
    answer = await production.sends("GET", f"/graphql?{urlencode(told)}")
    assert 400 <= answer.status_code < 500
    nothing_was_done(production, answer.text)


async def test_whoever_has_no_token_is_told_nothing_by_looking(production: Production) -> None:
    looked = urlencode({"query": QUERY})
    for headers in ({"Authorization": ""}, {"Authorization": "", "Cookie": "token=anna"}):
        answer = await production.sends("GET", f"/graphql?{looked}&access_token=anna", headers)
        assert answer.status_code == 401
        nothing_was_done(production, answer.text)


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000"])
async def test_no_page_of_another_origin_may_read_an_answer(
    production: Production, method: str, origin: str
) -> None:
    asking = {
        "Origin": origin,
        "Content-Type": "application/json",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = await production.sends(method, "/graphql", asking, content=asked(QUERY))
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (QUERY, "nobody"),
        (QUERY, CANARY),
        (QUERY, "looks "),
        (f"{QUERY} fragment f on Me {{ roles }}", "f"),
        (f"{QUERY} {MUTATION}", "Looks"),
        ("{ me { roles } }", "looks"),
        (times(50, f"query {CANARY} {{ me {{ roles }} }}"), CANARY),
        (f"{{ me {{ roles }} }} {MUTATION}", "starts"),
        (f"{QUERY} {MUTATION}", ""),
        ("fragment f on Me { roles }", None),
        ("", None),
    ],
    ids=["unknown", "a word of one's own", "with a blank", "of a fragment", "in capitals",
         "of one without", "of fifty", "beside one without", "empty", "no operation", "nothing"],
)  # fmt: skip
async def test_a_name_that_means_no_one_operation_is_refused(
    production: Production, query: str, name: str | None
) -> None:
    answer = await production.post(asked(query, operationName=name))
    assert answer.json()["errors"]
    nothing_was_done(production, answer.text)


async def test_two_operations_and_no_name_are_refused(production: Production) -> None:
    answer = await production.post(asked(f"{QUERY} {MUTATION}"))
    assert answer.json()["errors"]
    nothing_was_done(production, answer.text)


async def test_beside_what_is_named_nothing_is_done(production: Production) -> None:
    answer = await production.post(asked(f"{QUERY} {MUTATION}", operationName="looks"))
    assert answer.json() == {"data": {"me": {"roles": ["THERAPIST"]}}}
    assert production.services.seen == []


@hostile(
    Document(name="too deep", query="{ assignments " * 20 + "{ id }" + " }" * 20),
    Document(name="too broad", query="{ " + times(31, "a#: me { roles }") + " }"),
    Document(name="about the schema", query="{ __schema { types { name } } }"),
    Document(name="no GraphQL", query=f"{{ {CANARY}("),
)
async def test_by_the_stream_it_is_refused_alike(
    production: Production, document: Document
) -> None:
    answer = await production.post(
        asked(document.query), "/graphql/stream", Accept="text/event-stream"
    )
    assert '"errors"' in answer.text
    nothing_was_done(production, answer.text)


def test_production_hides_its_schema_without_being_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = "http://127.0.0.1:9"
    told = {
        "PROFILE": "production",
        "DATABASE_URL": "postgresql://gateway_app@127.0.0.1/interlude",
        "KEYRING_URL": "postgresql://keyring_app@127.0.0.1/interlude",
        "MASTER_KEY": DEVELOPMENT_MASTER_KEY.swapcase(),
        "ISSUERS": "https://id.example/realms/clinic",
        "PORT": "8000",
        **{f"{service}_URL": nobody for service in ("CARE", "ASSIGNMENT", "DIARY", "REVIEW")},
    }
    for name in os.environ.keys() & {"INTROSPECTION", "DOCS"}:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings = ApiSettings()
    assert not settings.shows_docs
    assert not settings.introspection


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_what_too_many_are_answered_is_documented(path: str) -> None:
    document = orjson.loads((OPENAPI / "gateway.openapi.json").read_bytes())
    assert "429" in document["paths"][path]["post"]["responses"]
