"""How a request has to arrive: its head within a size and a time, all of it within a time, and no
more connections than there is room for.

Uvicorn limits none of it: somebody who sends a byte now and then would hold a connection, and
whatever waits for their request, for as long as they like.
"""

import re
import resource
from asyncio import TimerHandle, Transport
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_KEPT_FREE = 128
"""File descriptors for everything that is no connection of a client."""

_FEWEST = 64

Part = Literal["first byte", "head", "body"]


def most_connections() -> int:
    """As many as the process may have files open, but for those that it needs itself."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(_FEWEST, allowed - _KEPT_FREE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """`head_bytes` counts method, address and headers, and trailers too. Seconds: `idle` until
    the first byte of a connection, `head` from there until the headers are complete, `body` from
    there until the request is.
    """

    head_bytes: int = 32 * 1024
    idle: float = 30.0
    head: float = 10.0
    body: float = 30.0

    def seconds(self, part: Part) -> float:
        match part:
            case "first byte":
                return self.idle
            case "head":
                return self.head
            case "body":
                return self.body


USUAL = Manners()

_HOST = re.compile(rb"[A-Za-z0-9._~\-\[\]:%]*")


class HeadTooLarge(Exception):  # noqa: N818 - the parser turns it into an error of its own
    """There is more of a head than is read."""


class NoOneHost(Exception):  # noqa: N818 - as above
    """RFC 9112 3.2: a request of HTTP/1.1 names one host, and it is one."""


class Arriving(HttpToolsProtocol):
    """A request that arrives in one piece, as nearly all do, costs no timer."""

    manners = USUAL
    most = most_connections()

    amid = False
    """Whether a request is coming in, of which there is more to come."""

    _in_head = False
    _head = 0
    _part: Part | None = None
    _late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as Uvicorn's own
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self.transport.close()
            return
        self._await("first byte")

    def connection_lost(self, exc: Exception | None) -> None:
        self._await(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.amid and self._in_head:
            # The parser tells of a header once it is complete; one without end never is.
            self._head += len(data)
            if self._head > self.manners.head_bytes:
                self.send_400_response("")
        self._await(None if not self.amid else "head" if self._in_head else "body")

    def on_message_begin(self) -> None:
        self.amid = self._in_head = True
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._grown(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._grown(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if not _names_one_host(self.headers, self.parser.get_http_version()):
            raise NoOneHost
        super().on_headers_complete()
        self._in_head = False

    def on_message_complete(self) -> None:
        self.amid = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Uvicorn reads on after each answer, whatever still waits to be answered."""
        super().on_response_complete()
        if self.pipeline:
            self.flow.pause_reading()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - Uvicorn's own words
        """A status is enough."""
        too_large = self._head > self.manners.head_bytes
        self._refuse(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
        )

    def stop_waiting(self) -> None:
        self._await(None)

    def _grown(self, by: int) -> None:
        self._head += by
        if self._head > self.manners.head_bytes:
            raise HeadTooLarge

    def _await(self, part: Part | None) -> None:
        if part == self._part:
            return
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self._part = part
        if part is not None:
            self._late = self.loop.call_later(self.manners.seconds(part), self._too_late, part)

    def _too_late(self, part: Part) -> None:
        if part == "first byte":
            self.transport.close()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Whoever waits for more of this request hears that the client is gone."""
        if self._next_to_be_answered():
            self.transport.write(
                b"HTTP/1.1 %d %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                % (status, status.phrase.encode())
            )
        self.amid = False
        self.transport.close()

    def _next_to_be_answered(self) -> bool:
        """Whether the next answer on this connection is that to the request at hand. An earlier one
        must not hear what is said of it: a command that was done is not refused.
        """
        if self.cycle is None or self._in_head:
            return self.cycle is None or self.cycle.response_complete
        return not self.pipeline and not self.cycle.response_started


def _names_one_host(headers: Iterable[tuple[bytes, bytes]], version: str) -> bool:
    hosts = [value for name, value in headers if name == b"host"]
    if not hosts:
        return version == "1.0"
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None
