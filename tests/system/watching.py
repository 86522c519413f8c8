"""Somebody who watches a patient: over a WebSocket, or by server-sent events."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.system.people import Person

WATCH = """subscription($who: ID!, $after: String) { patientChanged(patientId: $who, after: $after)
    { cursor nodeId item { type excerpt } } }"""
PATIENCE = 10.0
PROTOCOL = Subprotocol("graphql-transport-ws")


def live_cursor(who: Person, patient: str) -> str:
    seen = who.sees("query($id: ID!) { patient(id: $id) { liveCursor } }", id=patient)
    return str(seen["patient"]["liveCursor"])


class Watching:
    """A client of graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def send(self, **message: Any) -> None:
        self._socket.send(orjson.dumps(message).decode())

    def receive(self, *, within: float = PATIENCE) -> Any:
        """Seconds."""
        return orjson.loads(self._socket.recv(timeout=within))

    def hello(self, who: Person) -> None:
        self.send(type="connection_init", payload=who.bearer)
        assert self.receive() == {"type": "connection_ack"}

    def watch(self, patient: str, after: str | None, operation: str = "1") -> None:
        payload = {"query": WATCH, "variables": {"who": patient, "after": after}}
        self.send(type="subscribe", id=operation, payload=payload)

    def change(self) -> Any:
        message = self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["patientChanged"]

    def closed(self, *, within: float = PATIENCE) -> int:
        """The code, whatever is still said before it comes."""
        until = time.monotonic() + within
        while isinstance(told := self.heard(within=until - time.monotonic()), dict):
            pass
        return int(told)

    def heard(self, *, within: float = PATIENCE) -> Any:
        """The next message, or the code with which the gateway closes."""
        try:
            return self.receive(within=within)
        except ConnectionClosed as closed:
            return closed.rcvd and closed.rcvd.code


@contextmanager
def socket(who: Person) -> Iterator[Watching]:
    url = f"{who.run.gateway.replace('http', 'ws', 1)}/graphql"
    with connect(url, subprotocols=[PROTOCOL]) as connection:
        watching = Watching(connection)
        watching.hello(who)
        yield watching


@contextmanager
def event_stream(who: Person, patient: str, after: str | None) -> Iterator[Iterator[Any]]:
    """Changes over server-sent events."""
    with events(who, patient, after) as contents:
        yield (content["data"]["patientChanged"] for content in contents)


@contextmanager
def events(
    who: Person, patient: str, after: str | None, *, within: float = PATIENCE
) -> Iterator[Iterator[Any]]:
    """What each event holds, until the gateway ends the stream; `within` seconds of silence."""
    body = {"query": WATCH, "variables": {"who": patient, "after": after}}
    headers = {**who.bearer, "Accept": "text/event-stream"}
    url = f"{who.run.gateway}/graphql/stream"
    with httpx.stream("POST", url, json=body, headers=headers, timeout=within) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield (
            orjson.loads(content)
            for line in response.iter_lines()
            if line.startswith("data:") and (content := line.removeprefix("data:").strip())
        )
