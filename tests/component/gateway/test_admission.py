"""No way in goes round the limits: not a WebSocket, not server-sent events, not a body that never
comes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.testing.cast import MASHA
from libs.web.allowances import admitting
from services.gateway.app import LOCALLY, create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from services.gateway.graphql.limits import Limits
from services.gateway.graphql.schema import Schema
from services.gateway.graphql.streams import Streams
from tests.component.gateway.asking import Asking, Events, Socket, somebody_waits

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

ME = "{ me { name } }"
BODY = orjson.dumps({"query": ME})
WATCH = "subscription($who: ID!) { patientChanged(patientId: $who) { cursor } }"
HER = to_global("Patient", MASHA)

Made = Callable[..., FastAPI]


@pytest.fixture
def made(schema: Schema, parts: Parts) -> Made:
    """The gateway with so many doors, an allowance of so many operations, so many streams."""

    def make(*, doors: int = 256, operations: int = 0, streams: int = 50, **limits: Any) -> FastAPI:
        identity = admitting(
            parts.identity,
            rate=0.25 if operations else 0,
            at_once=operations or 1,
            monotonic=lambda: 0.0,
        )
        return create_app(
            schema,
            replace(parts, identity=identity, streams=Streams(streams)),
            Readiness(),
            manners=replace(LOCALLY, most=doors),
            limits=Limits(**limits),
        )

    return make


async def asked_by_socket(app: FastAPI, query: str, **variables: Any) -> Any:
    async with Socket(app) as masha:
        await masha.hello("masha")
        masha.subscribe(query, **variables)
        return await masha.receive()


def code(answer: Any) -> str:
    payload = answer["payload"]
    (error,) = payload if isinstance(payload, list) else payload["errors"]
    said: str = error["extensions"]["code"]
    return said


async def test_what_comes_by_a_socket_takes_a_place_like_anything_else(made: Made) -> None:
    assert (await asked_by_socket(made(doors=1), ME))["payload"]["data"]
    assert code(await asked_by_socket(made(doors=0), ME)) == "OVERLOADED"
    assert code(await asked_by_socket(made(doors=0), WATCH, who=HER)) == "OVERLOADED"


async def test_a_place_is_free_again_when_the_answer_is_there(made: Made) -> None:
    async with Socket(made(doors=1)) as masha:
        await masha.hello("masha")
        for _ in range(3):
            masha.subscribe(ME)
            assert (await masha.receive())["type"] == "next"
            assert (await masha.receive())["type"] == "complete"


async def test_whoever_watches_holds_no_place(made: Made, parts: Parts) -> None:
    app = made(doors=1)
    async with Socket(app) as masha:
        await masha.hello("masha")
        masha.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        assert (await Asking(app).post("anna", BODY)).status_code == 200


async def test_a_query_that_comes_as_events_takes_a_place_too(made: Made) -> None:
    """It passes the door twice: once as a request, and once when it is done."""
    app = made(doors=1)
    async with Events(app, "masha", ME) as events:
        assert (await events.receive())[0] == "next"
    doors = made(doors=0)
    refused = await Asking(doors).post("masha", BODY, Accept="text/event-stream")
    assert refused.status_code == 503


async def test_each_operation_of_a_socket_counts_like_a_request(made: Made) -> None:
    async with Socket(made(operations=2)) as masha:
        await masha.hello("masha")
        masha.subscribe(ME)
        assert (await masha.receive())["payload"]["data"]
        assert (await masha.receive())["type"] == "complete"
        masha.subscribe(ME)
        refused = await masha.receive()
    assert code(refused) == "TOO_MANY_REQUESTS"
    assert refused["payload"][0]["extensions"]["retryAfter"] == 4


MANY = {"who": HER, "more": {str(n): n for n in range(2_000)}}


@pytest.mark.parametrize("query", [ME, WATCH])
async def test_variables_without_end_are_not_looked_at_whatever_they_came_by(
    made: Made, query: str
) -> None:
    app = made()
    by_socket = await asked_by_socket(app, query, **MANY)
    assert by_socket["payload"][0]["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "variables",
    }
    async with Events(app, "masha", query, **MANY) as events:
        assert "LIMIT_EXCEEDED" in str(await events.receive())
    answer = await Asking(app).post("masha", orjson.dumps({"query": ME, "variables": MANY}))
    assert answer.json()["errors"][0]["extensions"]["limit"] == "variables"


async def test_nobody_watches_on_more_screens_than_there_are(made: Made, parts: Parts) -> None:
    app = made(streams=1)
    async with Socket(app) as first:
        await first.hello("masha")
        first.subscribe(WATCH, who=HER)
        await somebody_waits(parts)
        assert code(await asked_by_socket(app, WATCH, who=HER)) == "TOO_MANY_SUBSCRIPTIONS"
    async with Socket(app) as again:
        await again.hello("masha")
        again.subscribe(WATCH, who=HER)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(again.receive(), 0.3)


async def test_whoever_sends_no_body_keeps_nobody_out(made: Made) -> None:
    app = made(doors=1)
    silent = asyncio.create_task(app(post(("authorization", "Bearer anna")), never, nowhere))
    await asyncio.sleep(0.05)
    assert (await Asking(app).post("masha", BODY)).status_code == 200
    silent.cancel()


async def test_where_the_schema_is_hidden_a_stranger_is_turned_away_unread(made: Made) -> None:
    answers: list[Any] = []

    async def answered(message: Any) -> None:
        answers.append(message)

    async with asyncio.timeout(5):
        await made(introspection=False)(post(), never, answered)
    assert answers[0]["status"] == 401


def post(*headers: tuple[str, str]) -> dict[str, Any]:
    told = [("content-type", "application/json"), ("content-length", "99"), *headers]
    return {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in told],
        "extensions": {},
    }


async def never() -> Any:
    await asyncio.Event().wait()


async def nowhere(_message: Any) -> None: ...
