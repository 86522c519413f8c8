"""Whoever asks for too much is told when to come again; everybody else is answered."""

from dataclasses import replace

import orjson
import pytest
from graphql import parse

from libs.process.admin import Readiness
from libs.web.allowances import admitting
from services.gateway.app import create_app
from services.gateway.graphql import admission
from services.gateway.graphql.admission import ONE_REQUEST
from services.gateway.graphql.context import Parts
from services.gateway.graphql.limits import cost_of
from services.gateway.graphql.schema import Schema
from tests.component.gateway.asking import Asking, Socket
from tests.component.gateway.screens import SCREENS

pytestmark = pytest.mark.postgres

ME = orjson.dumps({"query": "{ me { roles } }"})


@pytest.fixture
def once_in_a_while(schema: Schema, parts: Parts) -> Asking:
    """One request of each person, and another after four seconds that never pass."""
    identity = admitting(parts.identity, rate=0.25, at_once=1, monotonic=lambda: 0.0)
    return Asking(create_app(schema, replace(parts, identity=identity), Readiness()))


async def test_too_many_requests_are_refused_with_when_to_come_again(
    once_in_a_while: Asking,
) -> None:
    assert (await once_in_a_while.post("anna", ME)).status_code == 200
    refused = await once_in_a_while.post("anna", ME)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "4")
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "TOO_MANY_REQUESTS"


async def test_nobody_waits_for_somebody_elses_haste(once_in_a_while: Asking) -> None:
    await once_in_a_while.post("anna", ME)
    assert (await once_in_a_while.post("masha", ME)).status_code == 200


async def test_a_connection_counts_like_a_request(schema: Schema, parts: Parts) -> None:
    identity = admitting(parts.identity, rate=0.25, at_once=1, monotonic=lambda: 0.0)
    app = create_app(schema, replace(parts, identity=identity), Readiness())
    async with Socket(app) as first:
        assert await first.hello("anna") == {"type": "connection_ack"}
    async with Socket(app) as second:
        assert await second.hello("anna") == 4403


DEAR = "{ assignments(first: 100) { nodes { title occurrences { id } goals { statement } } } }"


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_document_that_costs_more_counts_as_several_requests(
    schema: Schema, parts: Parts, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    monkeypatch.setattr(admission, "ONE_REQUEST", 100)
    identity = admitting(parts.identity, rate=0.5, at_once=7, monotonic=lambda: 0.0)
    anna = Asking(create_app(schema, replace(parts, identity=identity), Readiness()))
    dear = orjson.dumps({"query": DEAR})
    assert cost_of(parse(DEAR)) // 100 == 6
    assert (await anna.post("anna", dear)).status_code == 200, "the whole bucket"
    refused = await anna.post("anna", ME, Accept=accept)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert (await anna.post("masha", ME)).status_code == 200
    refused = await anna.post("masha", dear, Accept=accept)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.json()["errors"][0]["extensions"] == {
        "code": "TOO_MANY_REQUESTS",
        "retryAfter": 2,
    }


async def test_a_socket_is_no_way_round_it(
    schema: Schema, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "ONE_REQUEST", 100)
    identity = admitting(parts.identity, rate=0.5, at_once=7, monotonic=lambda: 0.0)
    async with Socket(create_app(schema, replace(parts, identity=identity), Readiness())) as anna:
        await anna.hello("anna")
        anna.subscribe(DEAR)
        refused = (await anna.receive())["payload"]
    assert "TOO_MANY_REQUESTS" in str(refused)


def test_what_a_screen_asks_for_is_one_request() -> None:
    for query in SCREENS.values():
        assert cost_of(parse(query)) < ONE_REQUEST
