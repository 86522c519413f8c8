"""An answer leaves in one piece: its head waits for its body, so that one write carries both.

Uvicorn writes them one after the other. Each write is a system call, and wakes a client that can do
nothing with a head alone: a fifth of what a command cost.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable
from typing import Any, cast

from libs.process.arriving import Arriving

Refuse = Callable[[bytes], bytes | None]
"""Of a request as it came: the whole answer that it gets at once, or None to let it in."""


def nobody(_request: bytes) -> bytes | None:
    return None


def answering(leaving: Callable[[], bool], refuse: Refuse = nobody) -> type[Arriving]:
    """Once we are `leaving`, each answer says so (`Connection: close`), so that nobody sends the
    next request into a connection that is about to be closed. Who is refused is answered before
    anything is made of the request, and may ask again on the same connection.
    """

    class Answering(Arriving):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as Uvicorn's own
            super().connection_made(cast(Transport, OnePiece(transport, self.loop)))

        def data_received(self, data: bytes) -> None:
            answer = refuse(data) if self._between_two() and not leaving() else None
            if answer is None:
                super().data_received(data)
                return
            self.stop_waiting()
            self._unset_keepalive_if_required()
            self.transport.write(answer)
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            if leaving() and self.cycle is not None:
                self.cycle.keep_alive = False

        def _between_two(self) -> bool:
            """Nothing that was asked earlier on this connection is still to be read or answered."""
            return not self.amid and (self.cycle is None or self.cycle.response_complete)

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
