"""Head and body of an answer leave together, and nothing waits for what does not come."""

import asyncio
from typing import Any, cast

from libs.process.answering import OnePiece


class Wire:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        return name


def one_piece(wire: Wire) -> OnePiece:
    return OnePiece(cast(Any, wire), asyncio.get_running_loop())


async def test_a_head_waits_for_its_body() -> None:
    wire = Wire()
    answer = one_piece(wire)
    answer.write(b"head")
    assert wire.written == []
    answer.write(b"body")
    assert wire.written == [b"headbody"]
    await asyncio.sleep(0)
    assert wire.written == [b"headbody"]


async def test_a_head_whose_body_is_late_goes_ahead() -> None:
    wire = Wire()
    one_piece(wire).write(b"head")
    await asyncio.sleep(0)
    assert wire.written == [b"head"]


async def test_what_waits_leaves_before_the_door_is_closed() -> None:
    wire = Wire()
    answer = one_piece(wire)
    answer.write(b"head")
    answer.close()
    assert (wire.written, wire.closed) == ([b"head"], True)


async def test_everything_else_is_the_transports_own() -> None:
    assert one_piece(Wire()).get_extra_info("peername") == "peername"
