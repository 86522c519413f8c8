"""Those who never come to an end: hundreds who say their request letter by letter. Everybody else
is served meanwhile.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from deploy.local.ports import wait_until
from tests.security import wire
from tests.security.exposed import Door
from tests.security.hostile_http import chunked, look, request

pytestmark = [
    pytest.mark.security("hostile HTTP"),
    pytest.mark.postgres,
    pytest.mark.xdist_group("doors"),
    pytest.mark.timeout(300),
]

MANY = 260
"""More than are let in at once (`Doors`)."""
EACH = 64 * 1024
"""Bytes that somebody who is waited for may cost."""
MOST = 16 * 1024 * 1024
"""Bytes that somebody may cost who asks without an end and reads no answer."""
SOON = 5.0
"""Seconds in which everybody else is served, on a machine that does other things as well."""
PATIENCE = 15.0
"""Seconds after which nobody need wait for a body any more."""


@contextmanager
def lingering(door: Door, beginning: bytes, many: int = MANY) -> Iterator[None]:
    """So many who have said this, and are silent since."""
    with ExitStack() as stack:
        for _ in range(many):
            wire.send(stack.enter_context(wire.connected(door.port)), [beginning])
        yield


def is_served_soon(door: Door) -> bool:
    began = time.monotonic()
    return door.is_served() and time.monotonic() - began < SOON


@pytest.mark.parametrize(
    "beginning",
    [b"", b"G", b"GET /livez", look()[:-2], look()[:-2] + b"X-Slow: "],
    ids=["nothing", "a letter", "half a line", "all but the end", "half a header"],
)
def test_those_who_linger_over_a_head_hold_up_nobody(door: Door, beginning: bytes) -> None:
    before = door.memory
    with lingering(door, beginning):
        assert all(is_served_soon(door) for _ in range(10))
        assert door.memory - before < MANY * EACH


@pytest.mark.parametrize(
    "kind",
    [
        "a length",
        pytest.param("chunks", marks=pytest.mark.slow),
        pytest.param("a chunk of 2^64 bytes", marks=pytest.mark.slow),
    ],
)
def test_those_who_linger_over_a_body_hold_up_nobody(door: Door, kind: str) -> None:
    beginning = {
        "a length": request(door, b"{", b"Content-Length: 100", length=False),
        "chunks": chunked(door, b"1\r\n{\r\n"),
        "a chunk of 2^64 bytes": chunked(door, b"f" * 16 + b"\r\n{"),
    }[kind]
    with lingering(door, beginning):
        assert wait_until(lambda: is_served_soon(door), seconds=PATIENCE, every=0.5)


def test_strangers_who_linger_over_a_body_hold_up_nobody(door: Door) -> None:
    """Without a token nobody's body is waited for."""
    beginning = request(door, b"{", b"Content-Length: 100", length=False)
    with lingering(door, beginning.replace(door.token.encode(), b"forged")):
        assert all(is_served_soon(door) for _ in range(10))


def test_once_they_are_gone_nothing_is_left_of_them(door: Door) -> None:
    beginning = request(door, b"{", b"Content-Length: 100", length=False)
    for _ in range(3):
        with lingering(door, beginning):
            pass
    assert wait_until(door.is_served, seconds=SOON)


def test_those_who_ask_and_never_listen_cost_little(door: Door) -> None:
    """5 MB of questions, as fast as they are taken, and none of the answers is read."""
    before = door.memory
    with wire.connected(door.port) as deaf:
        deaf.settimeout(2)
        wire.send(deaf, [look(b"X-Padding: " + b"x" * 100) * 100] * 350)
        assert is_served_soon(door)
        assert door.memory - before < MOST
