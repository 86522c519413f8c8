"""Bytes as they are put on the wire, by somebody who keeps to no protocol, and what comes back."""

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from deploy.local.ports import HOST

PATIENCE = 20.0
"""Seconds until an answer must have come, or the connection be closed."""

QUIET = 0.3
"""Seconds after an answer in which a second one would come, if what was sent were taken for two."""

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that the server said until it closed, or had no more to say."""

    raw: bytes
    closed: bool

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in _STATUS.findall(self.raw)]

    @property
    def is_refusal(self) -> bool:
        """4xx, each time that something was answered at all; else closed without a word."""
        told = self.statuses
        return all(400 <= status < 500 for status in told) if told else self.closed

    def __str__(self) -> str:
        return f"{self.statuses or 'nothing'}, {'closed' if self.closed else 'open'}"


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, port), timeout=PATIENCE) as wire:
        yield wire


def said(port: int, parts: Iterable[bytes], *, patient: bool = False) -> Heard:
    """What is heard once these parts were sent, or as many as the server took. Who is `patient`
    waits whether there is a second answer; others hang up after the first.
    """
    with connected(port) as wire:
        send(wire, parts)
        return heard(wire, patient=patient)


def send(wire: socket.socket, parts: Iterable[bytes]) -> int:
    """How many bytes were taken. A server that has closed takes no more, which is an answer."""
    sent = 0
    with suppress(OSError):
        for part in parts:
            wire.sendall(part)
            sent += len(part)
    return sent


def heard(wire: socket.socket, *, patient: bool = True) -> Heard:
    raw = b""
    try:
        while part := wire.recv(65_536):
            raw += part
            if _is_whole(raw):
                if not patient:
                    return Heard(raw=raw, closed=False)
                wire.settimeout(QUIET)
    except TimeoutError:
        return Heard(raw=raw, closed=False)
    except ConnectionError:
        pass  # reset, because it had not read all of what we said
    return Heard(raw=raw, closed=True)


def _is_whole(raw: bytes) -> bool:
    """At least one answer, to its end."""
    head, found, body = raw.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return bool(found) and len(body) >= (int(length[1]) if length else 0)
