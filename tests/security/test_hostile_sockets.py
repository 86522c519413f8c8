"""WebSockets by hand: what breaks the protocol is closed, and costs others nothing."""

import zlib

import pytest

from tests.security import hostile_sockets as sockets
from tests.security import wire
from tests.security.exposed import GATEWAY, Door, Doors
from tests.security.hostile_http import CANARY
from tests.security.hostile_sockets import (
    FRAMES,
    HANDSHAKES,
    PING,
    asking,
    frame,
    init,
    spoken,
)

pytestmark = [
    pytest.mark.security("hostile HTTP"),
    pytest.mark.postgres,
    pytest.mark.xdist_group("doors"),
    pytest.mark.timeout(300),
]

MEMORY = 32 * 1024 * 1024
"""Bytes that a process may keep: one message of the longest that its library reads, twice."""


@pytest.fixture
def gateway(doors: Doors) -> Door:
    return doors[GATEWAY]


@pytest.mark.parametrize("name", HANDSHAKES)
def test_a_hostile_handshake_is_refused(gateway: Door, name: str) -> None:
    heard = wire.said(gateway.port, [HANDSHAKES[name]])
    assert heard.is_refusal, str(heard)
    assert CANARY.decode() not in gateway.log
    assert gateway.is_served()


@pytest.mark.parametrize("name", HANDSHAKES)
def test_nothing_of_a_hostile_handshake_comes_back(gateway: Door, name: str) -> None:
    assert CANARY not in wire.said(gateway.port, [HANDSHAKES[name]]).raw


@pytest.mark.parametrize("parts", FRAMES.values(), ids=FRAMES.keys())
def test_a_hostile_frame_closes_its_connection(gateway: Door, parts: list[bytes]) -> None:
    written = len(gateway.log)
    with sockets.opened(gateway) as connection:
        said = spoken(connection, parts)
    assert said.closed or said.code in {1002, 1003, 1007, 1009, 4400, 4401, 4403, 4429}
    assert CANARY not in said.raw
    assert CANARY.decode() not in gateway.log[written:]
    assert gateway.is_served()


@pytest.mark.parametrize(
    "question", [b"{ me { canary_of_masha } }", b"{ " + CANARY, b"subscription { " + CANARY + b" }"]
)
def test_an_answer_quotes_nothing_of_a_hostile_question(gateway: Door, question: bytes) -> None:
    with sockets.opened(gateway) as connection:
        said = spoken(connection, [init(gateway.token), asking(question)], answers=2)
    assert CANARY not in said.raw


def test_what_is_no_graphql_is_told_so(gateway: Door) -> None:
    with sockets.opened(gateway) as connection:
        said = spoken(connection, [init(gateway.token), asking(b"{ me(")], answers=2)
    assert said.code == 4400 or b'"error"' in said.texts[1]


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        (b"{ goals " * 20 + b"{ id }" + b" }" * 20, b"depth"),
        (b"{ " + b" ".join(b"a%d: me { roles }" % n for n in range(40)) + b" }", b"aliases"),
        (b"{ " + b"__typename " * 100 + b" }", b"repeats"),
    ],
    ids=["depth", "aliases", "repeats"],
)
def test_here_too_one_may_ask_for_so_much(gateway: Door, question: bytes, limit: bytes) -> None:
    with sockets.opened(gateway) as connection:
        said = spoken(connection, [init(gateway.token), asking(question)], answers=2)
    assert b'"limit":"' + limit + b'"' in said.texts[1]


def test_a_little_that_unpacks_to_a_lot_is_not_unpacked(gateway: Door) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"x" * (200 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    before = gateway.memory
    with sockets.opened(gateway, b"Sec-WebSocket-Extensions: permessage-deflate") as connection:
        said = spoken(connection, [frame(packed[:-4], reserved=4)])
    assert said.code == 1002
    assert gateway.memory - before < MEMORY


def test_a_flood_of_pings_is_answered_and_forgotten(gateway: Door) -> None:
    before = gateway.memory
    with sockets.opened(gateway) as connection:
        for _ in range(10):
            assert not spoken(connection, [frame(b"x", kind=PING) * 1_000], answers=1_000).closed
    assert gateway.memory - before < MEMORY
    assert gateway.is_served()


def test_what_stands_in_a_websockets_address_is_not_written_down(gateway: Door) -> None:
    written = len(gateway.log)
    asked = sockets.handshake(path=b"/graphql?access_token=" + CANARY)
    assert wire.said(gateway.port, [asked]).statuses == [101]
    assert CANARY.decode() not in gateway.log[written:]


def test_under_all_of_it_memory_stays_flat(gateway: Door) -> None:
    for _ in range(2):
        before = gateway.memory
        for parts in FRAMES.values():
            with sockets.opened(gateway) as connection:
                spoken(connection, parts)
    assert gateway.memory - before < MEMORY
