"""The network between two processes, in our hands: slow, cut, deaf, or losing one answer."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

_CHUNK = 65_536


class Link:
    """Passes on to `port` of the loopback address what comes to its own; from any thread."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._delay = 0.0
        self._bytes_a_second = 0.0
        self._cut = self._deaf = self._swallow = False
        self._pipes: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._joined, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._closed())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def delay(self, seconds: float) -> None:
        """Each piece, each way."""
        self._delay = seconds

    def throttle(self, bytes_a_second: float) -> None:
        self._bytes_a_second = bytes_a_second

    def cut(self) -> None:
        """Every connection is reset, and so is whoever tries again, until `heal`."""
        self._cut = True
        self._loop.call_soon_threadsafe(self._reset)

    def reset(self) -> None:
        """Once: every connection that there is."""
        self._loop.call_soon_threadsafe(self._reset)

    def deafen(self) -> None:
        """Nothing comes through, and nobody is told."""
        self._deaf = True

    def swallow(self) -> None:
        """The next answer is lost, and its connection with it."""
        self._swallow = True

    def heal(self) -> None:
        self._delay = self._bytes_a_second = 0.0
        self._cut = self._deaf = self._swallow = False

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._pipes |= {writer, back}
        try:
            await asyncio.gather(
                self._pump(reader, back, answers=False), self._pump(there, writer, answers=True)
            )
        finally:
            self._pipes -= {writer, back}
            for each in (writer, back):
                each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(_CHUNK):
                await self._travel(len(piece))
                if answers and self._swallow:
                    self._swallow = False
                    break
                writer.write(piece)
                await writer.drain()
        writer.transport.abort()

    async def _travel(self, size: int) -> None:
        while self._deaf:  # noqa: ASYNC110 - set from another thread, and soon enough
            await asyncio.sleep(0.05)
        if self._delay or self._bytes_a_second:
            slow = size / self._bytes_a_second if self._bytes_a_second else 0.0
            await asyncio.sleep(self._delay + slow)

    def _reset(self) -> None:
        for each in self._pipes:
            each.transport.abort()

    async def _closed(self) -> None:
        self._server.close()
        self._reset()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
