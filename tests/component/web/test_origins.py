"""In production a browser lets those pages call that somebody has named, and no others."""

import httpx
import pytest

from libs.testing.web import client, edge
from libs.web.service import Manners
from tests.component.web.practice import GIVE, app

APP = "https://app.example"
MANNERS = Manners(local=False, origins=(APP, "https://staff.example:8443"))
STRANGERS = (
    "https://evil.example",
    "https://app.example.evil.example",
    "https://app.example:8443",
    "http://app.example",
    "http://localhost:3000",
    "null",
)


async def preflight(origin: str, header: str = "authorization") -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": header,
    }
    async with client(app(edge(), manners=MANNERS)) as browser:
        return await browser.options("/v1/practices", headers=asked)


@pytest.mark.parametrize("origin", MANNERS.origins)
async def test_a_page_that_is_named_may_send_commands_and_read_their_answers(origin: str) -> None:
    asked = await preflight(origin, "authorization,content-type,idempotency-key,if-match")
    assert asked.headers["access-control-allow-origin"] == origin
    async with client(app(edge(), manners=MANNERS), "anna") as browser:
        headers = {"Origin": origin, "Idempotency-Key": "1"}
        answer = await browser.post("/v1/practices", json=GIVE, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Interlude-Consistency" in answer.headers["access-control-expose-headers"]
    assert "origin" in answer.headers["vary"].lower()


@pytest.mark.parametrize("origin", STRANGERS)
async def test_to_any_other_page_a_browser_shows_nothing(origin: str) -> None:
    assert "access-control-allow-origin" not in (await preflight(origin)).headers
    async with client(app(edge(), manners=MANNERS), "anna") as browser:
        answer = await browser.get("/livez", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [*MANNERS.origins, *STRANGERS])
async def test_nobodys_cookies_and_no_other_headers_are_let_through(origin: str) -> None:
    asked = await preflight(origin, "x-forwarded-for")
    assert asked.status_code == 400
    for answer in (asked, await preflight(origin)):
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers.get("access-control-allow-origin") != "*"
