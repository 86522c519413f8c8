"""More requests than a service can take: as many a second as told, whatever comes back.

A process of its own, and as cheap as can be, so that making the flood takes little from what it is
to drown: two cores share all. It talks to the loopback address only, and ends when its time is up.
Reads a job as JSON on standard input; answers a line of JSON with what it took of the machine, and
then one for each request.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from typing import Any, cast
from uuid import UUID

import uvloop

LOOPBACK = "127.0.0.1"

_TICK = 0.002
_SAVED_UP = 0.05
"""Seconds of requests that may wait for a free connection; what nobody can send is not kept."""

_LAST_ANSWERS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """`rate` requests a second over at most `connections`, 0 for as many as are answered."""

    port: int
    paths: tuple[str, ...]
    token: str
    seconds: float
    rate: float
    connections: int
    seed: str


@dataclass(frozen=True, slots=True)
class Told:
    """`began` and `took` in seconds, `began` on the system's steady clock."""

    key: str
    correlation: str
    path: str
    began: float
    took: float
    status: int
    retry_after: bool
    id: str | None
    version: int | None
    code: str | None


@dataclass(frozen=True, slots=True)
class _Question:
    path: str
    key: UUID
    correlation: UUID


Heard = tuple[_Question, float, float, bytes]
"""What was asked, when, for how long it took (seconds), and the whole answer."""


@dataclass(frozen=True, slots=True)
class Poured:
    """`cores` is how many processors making it has kept busy, which nobody else had meanwhile."""

    told: list[Told]
    cores: float


def flooded(flood: Flood) -> Poured:
    """Answers are taken apart afterwards: while it floods, all it does is to send."""
    began = time.process_time()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        heard = runner.run(_poured(flood))
    cores = (time.process_time() - began) / flood.seconds
    return Poured([_told(each) for each in heard], cores)


async def _poured(flood: Flood) -> Sequence[Heard]:
    loop = asyncio.get_running_loop()
    pool = _Pool(flood, _questions(flood))
    for _ in range(flood.connections):
        await loop.create_connection(lambda: _Caller(pool), LOOPBACK, flood.port)
    began = time.monotonic()
    while (since := time.monotonic() - began) < flood.seconds:
        pool.pour(since)
        await asyncio.sleep(_TICK)
    pool.over = True
    if pool.asked > len(pool.heard):
        async with asyncio.timeout(_LAST_ANSWERS):
            await pool.all_answered.wait()
    return pool.heard


def _questions(flood: Flood) -> Iterator[tuple[_Question, bytes]]:
    chance = Random(flood.seed)  # noqa: S311 - to be drawn again, not to be secret
    for path in cycle(flood.paths):
        key, correlation = (UUID(int=chance.getrandbits(128), version=4) for _ in range(2))
        yield _Question(path, key, correlation), _request(flood, path, key, correlation)


@dataclass
class _Pool:
    """The connections that wait for something to ask."""

    flood: Flood
    questions: Iterator[tuple[_Question, bytes]]
    idle: list["_Caller"] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    asked: int = 0
    over: bool = False
    all_answered: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: float = 0.0
    """Requests that were due and that nobody could send."""

    def pour(self, since: float) -> None:
        """All that is due after so many seconds."""
        rate = self.flood.rate
        due = rate * since - self.asked - self.let_go if rate else len(self.idle)
        for _ in range(min(len(self.idle), int(due))):
            self.ask(self.idle.pop())
            due -= 1
        self.let_go += max(0.0, due - rate * _SAVED_UP) if rate else 0.0

    def ask(self, caller: "_Caller") -> None:
        self.asked += 1
        caller.ask(*next(self.questions))

    def answered(self, caller: "_Caller", heard: Heard) -> None:
        self.heard.append(heard)
        if self.over and self.asked == len(self.heard):
            self.all_answered.set()
        if self.flood.rate or self.over:
            self.idle.append(caller)
        else:
            self.ask(caller)


class _Caller(asyncio.Protocol):
    """One connection, one question at a time."""

    def __init__(self, pool: _Pool) -> None:
        self._pool = pool

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._pool.idle.append(self)

    def ask(self, question: _Question, request: bytes) -> None:
        self._question, self._answer, self._whole = question, b"", 0
        self._began = time.monotonic()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        self._whole = self._whole or _length(self._answer)
        if self._whole and len(self._answer) >= self._whole:
            took = time.monotonic() - self._began
            self._pool.answered(self, (self._question, self._began, took, self._answer))


def _length(answer: bytes) -> int:
    """Of head and body; 0 while the head is not there as a whole."""
    head, ended, _ = answer.partition(b"\r\n\r\n")
    if not ended:
        return 0
    told = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
    return len(head) + len(ended) + int(told or b"0")


def _request(flood: Flood, path: str, key: UUID, correlation: UUID) -> bytes:
    body = f'{{"id":"{key}","confidence":{{"value":5,"scale":{{"min":0,"max":10}}}}}}'
    return (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n"
        f"X-Correlation-Id: {correlation}\r\nAuthorization: Bearer {flood.token}\r\n\r\n{body}"
    ).encode()


def _told(heard: Heard) -> Told:
    question, began, took, answer = heard
    head, _, content = answer.decode().partition("\r\n\r\n")
    told = json.loads(content) if content else {}
    return Told(
        str(question.key),
        str(question.correlation),
        question.path,
        began,
        took,
        int(head.split(" ", 2)[1]),
        "\r\nretry-after: " in head.lower(),
        told.get("id"),
        told.get("version"),
        told.get("code"),
    )


def told_by(lines: Sequence[str]) -> Poured:
    cores, *told = lines
    return Poured([Told(*json.loads(line)) for line in told if line], json.loads(cores))


def _punctual() -> None:
    """It measures: what it waits for a processor itself would count as slowness of the service."""
    with suppress(PermissionError):  # then it does count
        os.setpriority(os.PRIO_PROCESS, 0, -10)


def main() -> None:
    _punctual()
    job: dict[str, Any] = json.load(sys.stdin)
    poured = flooded(Flood(**{**job, "paths": tuple(job["paths"])}))
    sys.stdout.write(f"{json.dumps(poured.cores)}\n")
    for each in poured.told:
        sys.stdout.write(json.dumps([getattr(each, name) for name in Told.__slots__]) + "\n")


if __name__ == "__main__":
    main()
