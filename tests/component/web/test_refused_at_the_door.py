"""Refused before anything is parsed, on a real socket: the connection stays good, and nothing that
only looks like a request is taken for one.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from libs.process.answering import answering
from tests.component.web.listening import Caller, calling, listening

WHOLE = b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
LATER = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


@dataclass
class Clinic:
    """`full` refuses whatever begins like a command."""

    port: int = 0
    full: bool = False
    leaving: bool = False

    def refuse(self, request: bytes) -> bytes | None:
        return LATER if self.full and request.startswith(b"POST /v1/") else None

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        """Answers at once, whatever may still come in."""
        empty = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 200, "headers": empty})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    clinic = Clinic()
    protocol = answering(lambda: clinic.leaving, clinic.refuse)
    async with listening(clinic, protocol) as clinic.port:
        yield clinic


@pytest.fixture
async def caller(clinic: Clinic) -> AsyncIterator[Caller]:
    async with calling(clinic.port) as caller:
        yield caller


async def test_who_was_refused_may_ask_again_on_the_same_connection(
    clinic: Clinic, caller: Caller
) -> None:
    assert b"200" in await caller.ask(WHOLE)
    clinic.full = True
    assert b"503" in await caller.ask(WHOLE)
    assert b"503" in await caller.ask(WHOLE)
    clinic.full = False
    assert b"200" in await caller.ask(WHOLE)


async def test_a_body_that_looks_like_a_request_is_a_body(clinic: Clinic, caller: Caller) -> None:
    """The head was answered already when the rest arrives."""
    body = WHOLE
    head = b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert b"200" in await caller.ask(head)
    clinic.full = True
    caller.writer.write(body)
    with pytest.raises(TimeoutError):
        await caller.hear(within=0.3)
    assert b"503" in await caller.ask(WHOLE)


async def test_half_a_request_is_waited_for(clinic: Clinic, caller: Caller) -> None:
    caller.writer.write(WHOLE[:20])
    await asyncio.sleep(0.05)
    clinic.full = True
    assert b"200" in await caller.ask(WHOLE[20:]), "the application has the last word on it"


async def test_refusals_keep_a_connection_alive_and_silence_ends_it(
    clinic: Clinic, caller: Caller
) -> None:
    """Kept for a second here."""
    clinic.full = True
    assert b"503" in await caller.ask(WHOLE)
    await asyncio.sleep(0.7)
    assert b"503" in await caller.ask(WHOLE)
    await asyncio.sleep(0.7)
    assert b"503" in await caller.ask(WHOLE)
    async with asyncio.timeout(5):
        assert await caller.reader.read() == b""


async def test_whoever_leaves_refuses_nobody_at_the_door(clinic: Clinic, caller: Caller) -> None:
    """The application's answer says `Connection: close`."""
    clinic.full = clinic.leaving = True
    caller.writer.write(WHOLE)
    async with asyncio.timeout(5):
        answer = await caller.reader.read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in answer
