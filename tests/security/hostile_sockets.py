"""A WebSocket by hand (RFC 6455), so that every bit of it can be wrong."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import socket

from tests.security import wire
from tests.security.exposed import Door
from tests.security.hostile_http import CANARY

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
_FIN, _MASKED = 0x80, 0x80
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


def handshake(
    *lines: bytes, key: bytes = KEY, version: bytes = b"13", path: bytes = b"/graphql"
) -> bytes:
    return (
        b"\r\n".join(
            [
                b"GET " + path + b" HTTP/1.1",
                b"Host: interlude",
                b"Connection: Upgrade",
                b"Upgrade: websocket",
                b"Sec-WebSocket-Key: " + key,
                b"Sec-WebSocket-Version: " + version,
                b"Sec-WebSocket-Protocol: graphql-transport-ws",
                *lines,
            ]
        )
        + b"\r\n\r\n"
    )


def frame(
    payload: bytes,
    kind: int = TEXT,
    *,
    last: bool = True,
    reserved: int = 0,
    masked: bool = True,
    announced: int | None = None,
) -> bytes:
    """Masked with zeros, which leaves the payload as it is. `announced` is a length that need not
    be true.
    """
    length = len(payload) if announced is None else announced
    first = (_FIN if last else 0) | reserved << 4 | kind
    mask = _MASKED if masked else 0
    return (
        bytes([first]) + _length(length, mask) + (b"\0\0\0\0" if masked else b"") + payload
    )  # fmt: skip


def _length(length: int, mask: int) -> bytes:
    if length < 126:
        return bytes([mask | length])
    if length < 1 << 16:
        return bytes([mask | 126]) + struct.pack("!H", length)
    return bytes([mask | 127]) + struct.pack("!Q", length)


def init(token: str) -> bytes:
    payload = f'{{"type":"connection_init","payload":{{"Authorization":"Bearer {token}"}}}}'
    return frame(payload.encode())


def asking(query: bytes, name: bytes = b"1") -> bytes:
    return frame(b'{"type":"subscribe","id":"' + name + b'","payload":{"query":"' + query + b'"}}')


@dataclass(slots=True)
class Spoken:
    """What a server says on an open WebSocket. Its frames are short and in one piece."""

    raw: bytes = b""
    closed: bool = False
    frames: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def code(self) -> int | None:
        """With which it closed."""
        for kind, payload in self.frames:
            if kind == CLOSE:
                return int.from_bytes(payload[:2], "big")
        return None

    @property
    def texts(self) -> Sequence[bytes]:
        return [payload for kind, payload in self.frames if kind == TEXT]

    def take(self, part: bytes) -> None:
        self.raw += part
        rest = self.raw
        self.frames = []
        while (found := _first(rest)) is not None:
            kind, payload, rest = found
            self.frames.append((kind, payload))


def _first(raw: bytes) -> tuple[int, bytes, bytes] | None:
    if len(raw) < 2:
        return None
    length, start = raw[1] & 0x7F, 2
    if length >= 126:
        start += 2 if length == 126 else 8
        length = int.from_bytes(raw[2:start], "big")
    if len(raw) < start + length:
        return None
    return raw[0] & 0x0F, raw[start : start + length], raw[start + length :]


@contextmanager
def opened(door: Door, *lines: bytes) -> Iterator[socket]:
    """Past the handshake."""
    with wire.connected(door.port) as connection:
        wire.send(connection, [handshake(*lines)])
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(1)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        yield connection


def spoken(connection: socket, parts: Iterable[bytes], *, answers: int = 0) -> Spoken:
    """Until it closes, or has sent so many frames. Raises TimeoutError where it does neither."""
    wire.send(connection, parts)
    said = Spoken()
    while said.code is None and not (answers and len(said.frames) >= answers):
        try:
            part = connection.recv(65_536)
        except ConnectionError:
            part = b""
        if not part:
            said.closed = True
            break
        said.take(part)
    return said


HANDSHAKES = {
    "a key that is none": handshake(key=CANARY),
    "two keys": handshake(b"Sec-WebSocket-Key: " + CANARY),
    "an old version": handshake(version=b"8"),
    "no version at all": handshake(version=CANARY),
    "another method": handshake().replace(b"GET", b"POST"),
    "a path where nobody listens": handshake(path=b"/nothing"),
    "another upgrade": handshake().replace(b"Upgrade: websocket", b"Upgrade: " + CANARY),
    "an upgrade to HTTP/2": handshake().replace(b"Upgrade: websocket", b"Upgrade: h2c"),
    "two origins": handshake(b"Origin: http://" + CANARY, b"Origin: x"),
}

_PART = b"x" * 65_536
_DEEP = b"[" * 100_000
FRAMES = {
    "not masked": [frame(b"{}", masked=False)],
    "reserved bits": [frame(b"{}", reserved=7)],
    "compressed, and nobody agreed to it": [frame(b"\xff" * 100, reserved=4)],
    "an unknown kind": [frame(b"{}", kind=5)],
    "a continuation of nothing": [frame(b"{}", kind=0)],
    "bytes": [frame(CANARY, kind=BINARY)],
    "no UTF-8": [frame(CANARY + b"\xff\xfe")],
    "a long ping": [frame(CANARY * 20, kind=PING)],
    "a ping in parts": [frame(CANARY, kind=PING, last=False)],
    "a close of one byte": [frame(b"\x03", kind=CLOSE)],
    "a close for no reason that exists": [frame(b"\x00\x01", kind=CLOSE)],
    "17 MB announced": [frame(b"", announced=17 << 20)],
    "2^63 bytes announced": [frame(b"", announced=1 << 63)],
    "17 MB": [frame(b"x" * (17 << 20))],
    "64 MB in parts": [frame(_PART, last=False), *[frame(_PART, 0, last=False)] * 1_000],
    "a megabyte of JSON": [frame(b'{"type":"' + b"x" * (1 << 20) + b'"}')],
    "no JSON": [frame(CANARY)],
    "NaN": [frame(b'{"type":"ping","payload":{"x":NaN}}')],
    "half a character": [frame(b'{"type":"ping","payload":{"x":"\\ud800"}}')],
    "a name twice": [frame(b'{"type":"ping","type":"ping"}')],
    "100,000 lists": [frame(_DEEP)],
    "a list": [frame(b'[{"type":"ping"}]')],
    "a message of no kind": [frame(b'{"type":"' + CANARY + b'"}')],
    "a question before the token": [asking(b"{ me { roles } }")],
    "a token that is none": [init(CANARY.decode())],
    "no token": [frame(b'{"type":"connection_init","payload":{}}')],
    "HTTP": [b"GET / HTTP/1.1\r\nHost: interlude\r\n\r\n" * 10],
}
