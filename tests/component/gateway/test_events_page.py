"""Whoever builds on the events reads about them at the gateway, with the network cut."""

import re

import httpx
import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.web.service import Manners
from services.gateway.app import create_app
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema

pytestmark = pytest.mark.postgres


async def got(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return await client.get(path)


async def test_the_catalogue_is_shown_under_a_policy_that_lets_nothing_else_in(
    app: FastAPI,
) -> None:
    shown = await got(app, "/events")
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith("text/html")
    assert "ReadinessRated" in shown.text
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_all_that_it_asks_for_is_there(app: FastAPI) -> None:
    shown = await got(app, "/events")
    asked = set(re.findall(r'(?:src|href)="(/[^"]+)"', shown.text))
    assert {"/events/catalogue.js", "/events/catalogue.css"} <= asked
    for path in sorted(asked):
        answer = await got(app, path)
        assert answer.status_code == 200, path
        assert answer.content


@pytest.mark.parametrize(
    "name",
    [
        "care.openapi.json",
        "..%2Fpublished.json",
        "interlude.care.SessionEnded.v9.schema.json",
        "interlude.care.SessionEnded.v1.schema.json%00",
        "catalogue.js.map",
    ],
)
async def test_nothing_else_is_served(app: FastAPI, name: str) -> None:
    assert (await got(app, f"/events/{name}")).status_code == 404


async def test_where_documentation_is_off_it_is_off_too(schema: Schema, parts: Parts) -> None:
    quiet = create_app(schema, parts, Readiness(), manners=Manners(docs=False))
    assert (await got(quiet, "/events")).status_code == 404
    assert (await got(quiet, "/events/catalogue.js")).status_code == 404
