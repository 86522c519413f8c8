"""An answer leaves in one piece: its head waits for its body, so that one write carries both.

Uvicorn writes them one after the other. Each write is a system call, and wakes a client that can do
nothing with a head alone: a fifth of what a command cost.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable, Sequence
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Refuse = Callable[[bytes, Sequence[tuple[bytes, bytes]]], bytes | None]
"""Of a request's URL and headers: the whole answer that it gets at once, or None to let it in."""


def nobody(_url: bytes, _headers: Sequence[tuple[bytes, bytes]]) -> bytes | None:
    return None


def answering(leaving: Callable[[], bool], refuse: Refuse = nobody) -> type[HttpToolsProtocol]:
    """Once we are `leaving`, each answer says so (`Connection: close`), so that nobody sends the
    next request into a connection that is about to be closed. Who is refused is answered before
    anything is made of the request, and may ask again on the same connection.
    """

    class Answering(HttpToolsProtocol):
        refused = False
        """The request whose body is still coming in."""

        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as Uvicorn's own
            super().connection_made(cast(Transport, OnePiece(transport, self.loop)))

        def on_headers_complete(self) -> None:
            answer = refuse(self.url, self.headers) if self._is_idle() else None
            if answer is not None:
                self.refused = True
                self.transport.write(answer)
                return
            super().on_headers_complete()
            if leaving() and self.cycle is not None:
                self.cycle.keep_alive = False

        def on_body(self, body: bytes) -> None:
            if not self.refused:
                super().on_body(body)

        def on_message_complete(self) -> None:
            if not self.refused:
                super().on_message_complete()
                return
            self.refused = False
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

        def _is_idle(self) -> bool:
            """Nothing that was asked earlier on this connection is still to be answered."""
            return self.cycle is None or self.cycle.response_complete

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
