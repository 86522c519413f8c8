"""A request arrives within its time and size, or its connection is closed; an earlier one, which is
still being done, never hears of it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from libs.process.answering import answering
from libs.process.arriving import Arriving, Manners
from tests.component.web.listening import Caller, calling, listening

SOON = Manners(head_bytes=2048, idle=0.3, head=0.3, body=0.6)
HEAD = b"POST /v1/entries HTTP/1.1\r\nHost: a\r\n"

TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass
class Clinic:
    """Reads what is sent, then waits until it `may` answer; knows who went away before."""

    may: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    gone: int = 0

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.reading.set()
        while (message := await receive())["type"] == "http.request":
            if not message.get("more_body", False):
                break
        if message["type"] == "http.disconnect":
            self.gone += 1
            return
        await self.may.wait()
        empty = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 201, "headers": empty})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def clinic() -> Clinic:
    clinic = Clinic()
    clinic.may.set()
    return clinic


@pytest.fixture
def protocol() -> type[Arriving]:
    """In a hurry, so that nobody waits here."""
    return type("Hurried", (answering(lambda: False),), {"manners": SOON})


@pytest.fixture
async def caller(clinic: Clinic, protocol: type[Arriving]) -> AsyncIterator[Caller]:
    async with listening(clinic, protocol) as port, calling(port) as caller:
        yield caller


async def test_who_says_nothing_is_let_go(caller: Caller) -> None:
    assert await caller.rest() == b""


async def test_a_head_that_does_not_end_has_its_time(caller: Caller) -> None:
    caller.writer.write(HEAD)
    assert b"408 Request Timeout" in await caller.rest()


async def test_a_byte_now_and_then_buys_no_time(caller: Caller) -> None:
    async def trickle() -> None:
        for byte in HEAD * 100:
            caller.writer.write(bytes([byte]))
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(trickle())
    # Nothing may be read of it: the next byte meets a closed connection.
    assert await caller.rest(within=3) in {b"", TIMED_OUT}
    dripping.cancel()


async def test_a_body_that_does_not_come_has_its_time_and_whoever_waits_hears_of_it(
    clinic: Clinic, caller: Caller
) -> None:
    caller.writer.write(HEAD + b"Content-Length: 10\r\n\r\n{")
    assert b"408" in await caller.rest()
    assert clinic.gone == 1


async def test_a_request_in_pieces_that_is_in_time_is_answered(caller: Caller) -> None:
    for piece in (HEAD[:9], HEAD[9:], b"Content-Length: 2\r\n", b"\r\n", b"{"):
        caller.writer.write(piece)
        await asyncio.sleep(0.03)
    assert b"201" in await caller.ask(b"}")


async def test_the_time_to_answer_is_nobodys_fault(clinic: Clinic, caller: Caller) -> None:
    clinic.may.clear()
    asked = asyncio.create_task(caller.ask(HEAD + b"Content-Length: 2\r\n\r\n{}"))
    await asyncio.sleep(1)
    clinic.may.set()
    assert b"201" in await asked


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"A: " + b"a" * 3000 + b"\r\n\r\n",
        HEAD + b"".join(b"A%d: b\r\n" % number for number in range(500)) + b"\r\n",
        b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        HEAD + b"A: " + b"a" * 3000,
    ],
    ids=["one long header", "many headers", "a long address", "a header without end"],
)
async def test_a_head_has_a_size(head: bytes, clinic: Clinic, caller: Caller) -> None:
    caller.writer.write(head)
    assert b"431 Request Header Fields Too Large" in await caller.rest()
    assert not clinic.reading.is_set()


async def test_trailers_have_a_size_too(caller: Caller) -> None:
    caller.writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    caller.writer.write(b"".join(b"A%d: b\r\n" % number for number in range(500)))
    assert b" 4" in (await caller.rest())[:13]


async def test_what_is_no_request_is_refused_without_an_echo(caller: Caller) -> None:
    caller.writer.write(b"marmalade\r\n\r\n")
    answer = await caller.rest()
    assert b"400 Bad Request" in answer
    assert b"marmalade" not in answer


@pytest.mark.parametrize(
    "next_one", [b"marmalade\r\n\r\n", HEAD, HEAD + b"Content-Length: 9\r\n\r\n"]
)
async def test_what_is_being_done_is_not_answered_with_what_is_wrong_with_the_next(
    next_one: bytes, clinic: Clinic, caller: Caller
) -> None:
    """A client that took the refusal for the answer would believe that nothing was recorded."""
    clinic.may.clear()
    caller.writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
    await clinic.reading.wait()
    caller.writer.write(next_one)
    assert await caller.rest() == b""
    clinic.may.set()


async def test_more_connections_than_there_is_room_for_are_closed(
    clinic: Clinic, protocol: type[Arriving]
) -> None:
    protocol.most = 1
    async with listening(clinic, protocol) as port, calling(port) as first:
        assert b"201" in await first.ask(HEAD + b"Content-Length: 2\r\n\r\n{}")
        async with calling(port) as second:
            assert await second.rest() == b""
        assert b"201" in await first.ask(HEAD + b"Content-Length: 2\r\n\r\n{}")
