"""What takes long counts as several requests of whoever asks for it."""

from dataclasses import replace
from functools import partialmethod

import httpx
import pytest

from libs.testing.web import client, edge
from libs.web import commands
from libs.web.allowances import admitting
from tests.component.web.practice import GIVE, app

MADE = "01990000-0000-7000-8000-0000000000aa"
HERE = f"/v1/practices/{MADE}"


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    """To give a practice weighs 3 here, and to look at one 5."""
    for declared, weight in (("create", 3), ("show", 5)):
        plain = getattr(commands.Commands, declared)
        monkeypatch.setattr(commands.Commands, declared, partialmethod(plain, weight=weight))


def counted(at_once: int) -> httpx.AsyncClient:
    here = edge()
    identity = admitting(here.identity, rate=0.5, at_once=at_once, monotonic=lambda: 0.0)
    return client(app(replace(here, identity=identity)), "anna")


@pytest.mark.usefixtures("heavy")
async def test_it_is_taken_from_the_allowance_of_whoever_asks() -> None:
    body, key = {**GIVE, "id": MADE}, {"Idempotency-Key": "1"}
    async with counted(at_once=10) as anna:
        assert (await anna.post("/v1/practices", json=body, headers=key)).status_code == 201
        assert (await anna.get(HERE)).status_code == 200
        refused = await anna.get(HERE)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert refused.headers["retry-after"] == "6"


@pytest.mark.usefixtures("heavy")
async def test_in_a_batch_it_weighs_as_much_as_alone() -> None:
    queued = [
        {"operation": "givePractice", "idempotency_key": f"k{n}", "body": GIVE} for n in range(3)
    ]
    async with counted(at_once=10) as anna:
        assert (await anna.post("/v1/commands", json={"commands": queued})).status_code == 200
        assert (await anna.get(HERE)).status_code == 429


@pytest.mark.usefixtures("heavy")
def test_openapi_says_what_weighs_more() -> None:
    paths = app(edge()).openapi()["paths"]
    assert paths["/v1/practices"]["post"]["x-interlude-weight"] == 3
    assert paths["/v1/practices/{id}"]["get"]["x-interlude-weight"] == 5
    assert "x-interlude-weight" not in paths["/v1/practices/{id}/ratings"]["post"]
