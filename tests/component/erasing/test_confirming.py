"""The gateway, which records nothing, gives care its word: by a pass, once, for itself alone."""

import asyncio

import httpx
import psycopg
import pytest

from libs.access.departed import TRUSTED_FOR
from libs.access.passes import CONFIRMS, holder, signed
from libs.testing.cast import CLINIC, LEV, MASHA
from services.gateway.confirming import Confirming
from tests.component.erasing.erased import HERS, a_pass, by_the_gateway, released
from tests.component.erasing.world import World, pass_key

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


async def test_nobody_but_the_gateway_confirms_for_the_gateway(world: World) -> None:
    await released(world)
    await world.all_hear()
    path, now = f"{HERS}/confirmations", world.time.now.timestamp()
    assert await world.refused("integrator", "care", path) == (403, "scope-not-granted")
    assert (await world.refused("admin", "care", path))[0] == 403
    good = signed(pass_key(), CLINIC, CONFIRMS, now=now)
    for token in (
        signed(b"another key, which nobody knows.", CLINIC, CONFIRMS, now=now),
        signed(pass_key(), CLINIC, CONFIRMS, now=now - 61),
        signed(pass_key(), CLINIC, CONFIRMS, now=now + 3600),
        f"{good}x",
        good.replace(".", ".A", 1),
        "interlude-pass.",
        "interlude-pass..",
    ):
        assert await world.refused(token, "care", path) == (401, "not-authenticated"), token
    assert (await world.refused(signed(pass_key(), LEV, CONFIRMS, now=now), "care", path))[0] == 404
    for scope in ("care", "care/erasures.write"):
        other = signed(pass_key(), CLINIC, scope, now=now)
        assert await world.refused(other, "care", path) == (403, "scope-not-granted")
    assert (await by_the_gateway(world)).status_code == 201


async def test_nobody_says_of_the_gateway_that_it_has_left(world: World) -> None:
    await released(world)
    gateway = holder(pass_key(), a_pass(world), now=world.time.now.timestamp()).person_id
    await world.done("admin", "care", "/v1/departures", {"person_id": str(gateway)})
    await world.all_hear()
    world.time.passes(seconds=TRUSTED_FOR)
    assert (await by_the_gateway(world)).status_code == 201


async def test_the_gateway_confirms_once_it_has_removed_everything(world: World) -> None:
    await released(world)
    await world.all_hear()
    loop, asked = asyncio.get_running_loop(), []

    async def pass_on(request: httpx.Request) -> httpx.Response:
        transport = httpx.ASGITransport(app=world.apps["care"])
        async with httpx.AsyncClient(transport=transport, base_url="http://care") as care:
            told = await care.post(
                request.url.path, content=request.content, headers=dict(request.headers)
            )
        return httpx.Response(told.status_code, content=told.content)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            return httpx.Response(503)
        return asyncio.run_coroutine_threadsafe(pass_on(request), loop).result(30)

    reaching = httpx.Client(transport=httpx.MockTransport(answer), base_url="http://care")
    confirming = Confirming(
        world.projector.engine, reaching, pass_key(), now=lambda: world.time.now
    )
    assert await asyncio.to_thread(confirming.once)
    assert asked == []  # the analytics role has not heard of it

    with psycopg.connect(world.database.url_as("gateway_analytics")) as analytics:
        analytics.execute(
            "INSERT INTO known_erased VALUES (%s, %s, now(), '{\"known_people\": 1}')",
            [CLINIC, MASHA],
        )
    assert not await asyncio.to_thread(confirming.once)
    assert await asyncio.to_thread(confirming.once)
    assert len(asked) == 2
    assert await asyncio.to_thread(confirming.once)
    assert len(asked) == 2
    certificate = await world.shown("admin", "care", HERS)
    assert certificate["status"] == "certified"
    (ours,) = [each for each in certificate["confirmations"] if each["where"] == "gateway"]
    counted = {each["what"]: each["count"] for each in ours["removed"]}
    assert (counted["analytics"], counted["people"], counted["entries"]) == (1, 1, 2)
