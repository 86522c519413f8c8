"""The clients' ends: GraphQL over HTTP and over a WebSocket; a service to pass commands on to."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import orjson
from fastapi import FastAPI

from services.gateway.graphql.context import Parts


@dataclass
class Answers:
    """A service that answers every command alike, and remembers what it was sent."""

    status: int = 201
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)
    broken: bool = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.broken:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(self.status, content=orjson.dumps(self.content), headers=self.headers)


class Asking:
    """Somebody of the cast with a GraphQL client."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def post(self, who: str | None, content: bytes, **headers: str) -> httpx.Response:
        told = {"Content-Type": "application/json", **headers}
        if who is not None:
            told["Authorization"] = f"Bearer {who}"
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/graphql", content=content, headers=told)

    async def __call__(self, who: str | None, query: str, **variables: Any) -> Any:
        body = orjson.dumps({"query": query, "variables": variables})
        return orjson.loads((await self.post(who, body)).content)


class Socket:
    """The client's end of a WebSocket of the app, without a network."""

    def __init__(self, app: FastAPI, *, origin: str | None = None) -> None:
        self._to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        of_a_page = [] if origin is None else [(b"origin", origin.encode())]
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "query_string": b"",
            "headers": [(b"host", b"test"), *of_a_page],
            "subprotocols": ["graphql-transport-ws"],
            "extensions": {},
        }
        self._to_app.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(app(scope, self._to_app.get, self._taken))
        self._free = asyncio.Event()
        self._free.set()

    async def __aenter__(self) -> Self:
        assert (await self._next())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self._task, 5)

    def jam(self) -> None:
        """From now on the client takes nothing but a close."""
        self._free.clear()

    async def _taken(self, message: Any) -> None:
        if message["type"] == "websocket.send":
            await self._free.wait()
        await self._from_app.put(message)

    async def hello(self, who: str | None) -> Any:
        payload = {} if who is None else {"Authorization": f"Bearer {who}"}
        self.send({"type": "connection_init", "payload": payload})
        return await self.receive()

    def send(self, message: Any) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        self._to_app.put_nowait({"type": "websocket.receive", "text": text})

    def subscribe(self, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        self.send({"type": "subscribe", "id": "1", "payload": payload})

    async def receive(self) -> Any:
        """The next message, or the code with which the app closes."""
        message = await self._next()
        if message["type"] == "websocket.close":
            return message["code"]
        return orjson.loads(message["text"])

    async def _next(self) -> Any:
        return await asyncio.wait_for(self._from_app.get(), 5)


class Events:
    """The client's end of server-sent events of the app, without a network."""

    def __init__(self, app: FastAPI, name: str, query: str, **variables: Any) -> None:
        body = orjson.dumps({"query": query, "variables": variables})
        self._to_app: asyncio.Queue[Any] = asyncio.Queue()
        self._from_app: asyncio.Queue[Any] = asyncio.Queue()
        self._to_app.put_nowait({"type": "http.request", "body": body})
        headers = {"content-type": "application/json", "accept": "text/event-stream"}
        headers["authorization"] = f"Bearer {name}"
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql/stream",
            "raw_path": b"/graphql/stream",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "extensions": {},
        }
        self._task = asyncio.create_task(app(scope, self._to_app.get, self._from_app.put))
        self.kind = ""

    async def __aenter__(self) -> Self:
        start = await self._next()
        self.kind = dict(start["headers"])[b"content-type"].decode()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._to_app.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(self._task, 5)

    async def receive(self) -> tuple[str, Any]:
        """The next event's name and content."""
        text = (await self._next())["body"].decode()
        name, data = (line.partition(": ")[2] for line in text.strip().splitlines())
        return name, orjson.loads(data) if data else None

    async def _next(self) -> Any:
        return await asyncio.wait_for(self._from_app.get(), 5)


async def somebody_waits(parts: Parts) -> None:
    for _ in range(1000):
        if parts.live._waiting:
            await asyncio.sleep(0.05)
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody subscribed")
