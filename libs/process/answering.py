"""An answer leaves in one piece: its head waits for its body, so that one write carries both.

Uvicorn writes them one after the other. Each write is a system call, and wakes a client that can do
nothing with a head alone: a fifth of what a command cost.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


def answering(leaving: Callable[[], bool]) -> type[HttpToolsProtocol]:
    """Once we are `leaving`, each answer says so (`Connection: close`), so that nobody sends the
    next request into a connection that is about to be closed.
    """

    class Answering(HttpToolsProtocol):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as Uvicorn's own
            super().connection_made(cast(Transport, OnePiece(transport, self.loop)))

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            if leaving() and self.cycle is not None:
                self.cycle.keep_alive = False

    return Answering


class OnePiece:
    """A transport whose write waits for the next one, at most until the loop turns."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None

    def write(self, data: bytes) -> None:
        if self._held is None:
            self._held = data
            self._loop.call_soon(self._let_go)
        else:
            held, self._held = self._held, None
            self._transport.write(held + data)

    def close(self) -> None:
        self._let_go()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def _let_go(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.write(held)
