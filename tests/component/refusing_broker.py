"""So much of a Kafka broker as it takes to let nobody in."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from struct import pack, unpack

API_VERSIONS, HANDSHAKE, AUTHENTICATE = 18, 17, 36
UNSUPPORTED_VERSION, AUTHENTICATION_FAILED = 35, 58


@contextmanager
def refusing() -> Iterator[int]:
    """Its port. It takes PLAIN, and no password; and is gone as soon as it has said so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _greet(server: socket.socket) -> None:
    """Until nobody listens any more."""
    with suppress(OSError):
        while True:
            caller, _ = server.accept()
            threading.Thread(target=_talk, args=(caller,), daemon=True).start()


def _talk(caller: socket.socket) -> None:
    with caller, caller.makefile("rb") as asked, suppress(OSError):
        while head := asked.read(4):
            key, version, number = unpack(">hhi", asked.read(unpack(">i", head)[0])[:8])
            answer = pack(">i", number) + _answer(key, version)
            if key == AUTHENTICATE:
                # The last word and the end in one packet, as they come to who is slow to read.
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            caller.sendall(pack(">i", len(answer)) + answer)
            if key == AUTHENTICATE:
                return


def _answer(key: int, version: int) -> bytes:
    if key == API_VERSIONS:
        known = [(API_VERSIONS, 0, 0), (HANDSHAKE, 0, 1), (AUTHENTICATE, 0, 0)]
        trouble = UNSUPPORTED_VERSION if version else 0
        listed = b"".join(pack(">hhh", *each) for each in known)
        return pack(">hi", trouble, len(known)) + listed
    if key == HANDSHAKE:
        return pack(">hi", 0, 1) + _text(b"PLAIN")
    return pack(">h", AUTHENTICATION_FAILED) + _text(b"no") + pack(">i", 0)


def _text(told: bytes) -> bytes:
    return pack(">h", len(told)) + told
