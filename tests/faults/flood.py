"""More requests than a service can take: as many a second as told, whatever comes back.

A process of its own, so that making the flood does not slow down what takes it. It talks to the
loopback address only, and ends when its time is up. Reads a job as JSON on standard input; answers
a line of JSON for each request.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import uvloop

LOOPBACK = "127.0.0.1"


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


async def flooded(flood: Flood) -> list[Told]:
    answers: list[Told] = []
    end = time.monotonic() + flood.seconds
    tickets: asyncio.Queue[int] = asyncio.Queue()
    chance = Random(flood.seed)  # noqa: S311 - to be drawn again, not to be secret
    ids = (UUID(int=chance.getrandbits(128), version=4) for _ in count())
    workers = [
        asyncio.create_task(_worker(flood, tickets, ids, end, answers))
        for _ in range(flood.connections)
    ]
    if flood.rate:
        await _issue(tickets, flood.rate, end)
    await asyncio.wait(workers, timeout=max(0.0, end - time.monotonic()) + 15)
    return answers


async def _issue(tickets: "asyncio.Queue[int]", rate: float, end: float) -> None:
    """Every few milliseconds what is due; what nobody can send is not saved up."""
    began, issued = time.monotonic(), 0
    while (now := time.monotonic()) < end:
        due = int((now - began) * rate)
        room = max(0, int(rate / 20) - tickets.qsize())
        for _ in range(min(due - issued, room)):
            tickets.put_nowait(0)
        issued = due
        await asyncio.sleep(0.004)


async def _worker(
    flood: Flood, tickets: "asyncio.Queue[int]", ids: Any, end: float, answers: list[Told]
) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, flood.port)
    try:
        for number in count():
            if flood.rate:
                async with asyncio.timeout(max(0.01, end - time.monotonic())):
                    await tickets.get()
            if time.monotonic() >= end:
                return
            path = flood.paths[number % len(flood.paths)]
            writer.write(_request(flood, path, thing := next(ids), correlation := next(ids)))
            answers.append(await _told(path, thing, correlation, reader))
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


def _request(flood: Flood, path: str, thing: UUID, correlation: UUID) -> bytes:
    body = json.dumps(
        {"id": str(thing), "confidence": {"value": 5, "scale": {"min": 0, "max": 10}}}
    ).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: {thing}\r\n"
        f"X-Correlation-Id: {correlation}\r\nAuthorization: Bearer {flood.token}\r\n\r\n"
    )
    return head.encode() + body


async def _told(path: str, thing: UUID, correlation: UUID, reader: asyncio.StreamReader) -> Told:
    began = time.monotonic()
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    content = await reader.readexactly(int(fields.get("content-length", "0")))
    took = time.monotonic() - began
    told = json.loads(content) if content else {}
    return Told(
        str(thing),
        str(correlation),
        path,
        began,
        took,
        int(head.split(" ", 2)[1]),
        "retry-after" in fields,
        told.get("id"),
        told.get("version"),
        told.get("code"),
    )


def told_by(lines: Sequence[str]) -> list[Told]:
    return [Told(*json.loads(line)) for line in lines if line]


def main() -> None:
    job: dict[str, Any] = json.load(sys.stdin)
    flood = Flood(**{**job, "paths": tuple(job["paths"])})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answers = runner.run(flooded(flood))
    for each in answers:
        sys.stdout.write(json.dumps([getattr(each, name) for name in Told.__slots__]) + "\n")


if __name__ == "__main__":
    main()
