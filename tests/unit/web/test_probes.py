"""Anybody may ask whether a service is ready, as often as they like: it looks once a second."""

import asyncio
from collections.abc import Sequence
from threading import Event

import httpx
import pytest
from fastapi import FastAPI

from libs.process.admin import Readiness
from libs.web import health


class Store:
    """Counts who asks, and answers once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.well = True
        self.was_asked = Event()
        self.may_answer = Event()
        self.may_answer.set()

    def __call__(self) -> bool:
        self.asked += 1
        self.was_asked.set()
        self.may_answer.wait(10)
        return self.well


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def readiness(store: Store) -> Readiness:
    return Readiness({"database": store})


@pytest.fixture
def client(readiness: Readiness, clock: Clock) -> httpx.AsyncClient:
    app = FastAPI()
    health.install(app, readiness, monotonic=clock)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://care")


async def told(client: httpx.AsyncClient) -> str:
    answer = await client.get("/readyz")
    status: str = answer.json()["status"]
    return status


async def herd(client: httpx.AsyncClient, count: int) -> Sequence[str]:
    return await asyncio.gather(*(told(client) for _ in range(count)))


async def is_asked(store: Store) -> None:
    assert await asyncio.to_thread(store.was_asked.wait, 10)


async def test_a_herd_that_comes_at_once_shares_one_look(
    client: httpx.AsyncClient, store: Store
) -> None:
    store.may_answer.clear()
    asking = asyncio.create_task(herd(client, 50))
    await is_asked(store)
    store.may_answer.set()
    assert set(await asking) == {"ready"}
    assert store.asked == 1


async def test_what_was_seen_is_remembered_for_a_second(
    client: httpx.AsyncClient, store: Store, clock: Clock
) -> None:
    assert await told(client) == "ready"
    store.well = False
    clock.seconds += 0.9
    assert await told(client) == "ready"
    clock.seconds += 0.1
    assert await told(client) == "not ready"
    assert store.asked == 2


async def test_one_who_hangs_up_spoils_it_for_nobody(
    client: httpx.AsyncClient, store: Store
) -> None:
    store.may_answer.clear()
    first, second = asyncio.create_task(told(client)), asyncio.create_task(told(client))
    await is_asked(store)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    store.may_answer.set()
    assert await second == "ready"


async def test_that_it_stops_is_said_at_once(
    client: httpx.AsyncClient, store: Store, readiness: Readiness
) -> None:
    assert await told(client) == "ready"
    readiness.stop()
    stopping = await client.get("/readyz")
    assert stopping.json() == {"status": "not ready", "failing": ["stopping"]}
    assert store.asked == 1
