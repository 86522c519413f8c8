"""Pages that may call the gateway from a browser: over HTTP, and by a WebSocket."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.web.service import Manners
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema
from tests.component.gateway.asking import Asking, Socket

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

APP = "https://app.example"
ME = orjson.dumps({"query": "{ me { name } }"})


@pytest.fixture
def production(schema: Schema, parts: Parts) -> FastAPI:
    manners = Manners(local=False, docs=False, origins=(APP,))
    return create_app(schema, replace(parts), Readiness(), manners=manners)


@pytest.mark.parametrize(("origin", "named"), [(APP, True), ("https://evil.example", False)])
async def test_a_page_reads_its_answer_if_it_is_named(
    production: FastAPI, origin: str, *, named: bool
) -> None:
    answer = await Asking(production).post("anna", ME, Origin=origin)
    assert answer.status_code == 200
    assert (answer.headers.get("access-control-allow-origin") == origin) is named


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [(None, True), (APP, True), ("https://evil.example", False), ("null", False)],
)
async def test_a_page_opens_a_socket_if_it_is_named_and_no_page_is_no_browser(
    production: FastAPI, origin: str | None, *, let_in: bool
) -> None:
    anna = Socket(production, origin=origin)
    first: Any = await anna._next()
    assert (first["type"] == "websocket.accept") is let_in
    if let_in:
        assert await anna.hello("anna") == {"type": "connection_ack"}
    await anna.__aexit__()
