"""Documents that clients were built with: sent by name or in full, and no others where that is set;
by every way in.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from libs.process.admin import Readiness
from libs.testing.web import client
from services.gateway.app import create_app
from services.gateway.graphql import documents, trusted
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from services.gateway.graphql.trusted import TrustedDocuments
from services.gateway.manifest import Manifest, Mode, named
from tests.component.gateway.asking import Asking, Events, Socket

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

ME = "query Me { me { name } }"
OTHER = "{ me { zone } }"
ANNA = {"me": {"name": "Anna Keller"}}
UNREADABLE = "{ me { name } } ("

Made = Callable[[Mode], FastAPI]


@pytest.fixture
def made(schema: Schema, parts: Parts) -> Made:
    def make(mode: Mode) -> FastAPI:
        trusted = TrustedDocuments(mode, Manifest({named(ME): ME}))
        return create_app(schema, replace(parts, trusted=trusted), Readiness())

    return make


async def posted(app: FastAPI, **request: Any) -> httpx.Response:
    return await Asking(app).post("anna", orjson.dumps(request))


def code(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def counted(mode: Mode) -> float:
    return REGISTRY.get_sample_value("interlude_unknown_documents_total", {"mode": mode}) or 0.0


BY_NAME = [
    {"documentId": named(ME)},
    {"documentId": f"sha256:{named(ME)}"},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": named(ME)}}},
    {"query": ME, "documentId": named(ME)},
]


@pytest.mark.parametrize("mode", ["log", "enforce"])
@pytest.mark.parametrize("request_", BY_NAME)
async def test_a_document_is_asked_for_by_its_name(
    made: Made, mode: Mode, request_: dict[str, Any]
) -> None:
    answer = await posted(made(mode), **request_)
    assert (answer.status_code, answer.json()["data"]) == (200, ANNA)


@pytest.mark.parametrize("mode", ["off", "log", "enforce"])
async def test_its_text_is_taken_as_before(made: Made, mode: Mode) -> None:
    assert (await posted(made(mode), query=ME)).json()["data"] == ANNA
    assert (await posted(made(mode), query=ME, documentId=None)).json()["data"] == ANNA


@pytest.mark.parametrize("query", [OTHER, f"{ME} ", UNREADABLE, "{ __schema { types { name } } }"])
async def test_no_other_is_even_read_where_that_is_enforced(
    made: Made, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_parsed", pytest.fail)
    answer = await posted(made("enforce"), query=query)
    assert (answer.status_code, code(answer)) == (400, "UNKNOWN_DOCUMENT")
    assert "zone" not in answer.text


@pytest.mark.parametrize("mode", ["off", "log", "enforce"])
@pytest.mark.parametrize(
    "request_",
    [
        {"documentId": named(OTHER)},
        {"documentId": "sha256:"},
        {"documentId": named(OTHER), "query": OTHER},
        {"documentId": named(ME), "query": OTHER},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": named(OTHER)}}},
    ],
)
async def test_a_name_that_nobody_gave_is_refused(
    made: Made, mode: Mode, request_: dict[str, Any]
) -> None:
    answer = await posted(made(mode), **request_)
    assert (answer.status_code, code(answer)) == (400, "UNKNOWN_DOCUMENT")


@pytest.mark.parametrize(
    "request_",
    [{}, {"documentId": 7}, {"query": None}, {"documentId": [named(ME)]}, {"query": {"a": 1}}],
)
async def test_what_names_nothing_is_no_request(made: Made, request_: dict[str, Any]) -> None:
    answer = await posted(made("enforce"), **request_)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


async def test_unknown_documents_are_counted_by_their_names_and_answered(made: Made) -> None:
    before, app = counted("log"), made("log")
    for _ in range(3):
        assert (await posted(app, query=OTHER)).status_code == 200
    await posted(app, query=ME)
    assert counted("log") == before + 3


def test_however_many_there_are_few_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted, "MOST_COUNTED", 2)
    named_ones = TrustedDocuments("log", Manifest({named(ME): ME}))
    for text in ("{ a }", "{ b }", "{ c }", "{ a }"):
        assert named_ones.text({"query": text}) == text
    assert named_ones.unknown == {named("{ a }"): 2, named("{ b }"): 1}


# --- The other ways in. ---


async def test_a_query_in_the_address_is_held_to_it(made: Made) -> None:
    async def got(**asked: str) -> httpx.Response:
        async with client(made("enforce"), "anna") as http:
            told = {"Accept": "application/json"}
            return await http.get(f"/graphql?{urlencode(asked)}", headers=told)

    assert (await got(documentId=named(ME))).json()["data"] == ANNA
    assert code(await got(query=OTHER)) == "UNKNOWN_DOCUMENT"


async def test_a_socket_is_held_to_it(made: Made) -> None:
    async with Socket(made("enforce")) as anna:
        await anna.hello("anna")
        anna.subscribe(OTHER)
        refused = await anna.receive()
        assert refused["type"] == "error"
        assert refused["payload"][0]["extensions"]["code"] == "UNKNOWN_DOCUMENT"
        anna.send({"type": "subscribe", "id": "2", "payload": {"documentId": named(ME)}})
        assert (await anna.receive())["payload"]["data"] == ANNA


async def test_a_message_that_names_nothing_closes_the_socket(made: Made) -> None:
    async with Socket(made("enforce")) as anna:
        await anna.hello("anna")
        anna.send({"type": "subscribe", "id": "1", "payload": {"variables": {}}})
        assert await anna.receive() == 4400


async def test_server_sent_events_are_held_to_it(made: Made) -> None:
    async with Events(made("enforce"), "anna", OTHER) as events:
        assert "UNKNOWN_DOCUMENT" in str((await events._next())["body"])
    async with Events(made("enforce"), "anna", ME) as events:
        assert (await events.receive())[1]["data"] == ANNA
