"""One service that takes requests to practise something, and whoever calls it."""

from datetime import datetime

import httpx

from libs.eventstore.memory import InMemoryEventStore
from libs.testing.cast import NOW
from libs.testing.sealer import ReadableSealer
from libs.testing.web import Following, Known, client, consistency_token, edge
from tests.component.web.practice import GIVE, app

MADE = "01990000-0000-7000-8000-0000000000aa"
BY_ANNA = consistency_token(("practice-01990000-0000-7000-8000-000000000003", 1))


class Clinic:
    """One service, and browsers of everybody."""

    def __init__(self) -> None:
        self.now = NOW
        self.known = Known()
        self.following = Following()
        self.sealer = ReadableSealer()
        self.store = InMemoryEventStore()
        self.app = app(
            edge(
                known=self.known,
                following=self.following,
                sealer=self.sealer,
                clock=self.clock,
            ),
            self.store,
        )
        self._keys = 0

    def clock(self) -> datetime:
        return self.now

    async def post(self, name: str, path: str, body: object, **headers: str) -> httpx.Response:
        self._keys += 1
        told = {"Idempotency-Key": f"key-{self._keys}"}
        told.update({key.replace("_", "-"): value for key, value in headers.items()})
        async with client(self.app, name) as browser:
            return await browser.post(path, json=body, headers=told)

    async def get(self, name: str, path: str, **headers: str) -> httpx.Response:
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        async with client(self.app, name) as browser:
            return await browser.get(path, headers=told)

    async def given(self) -> str:
        answer = await self.post("anna", "/v1/practices", {**GIVE, "id": MADE})
        assert answer.status_code == 201
        return f"/v1/practices/{MADE}"
