"""A command, and then the query that waits until it is visible: a client that reads its own write.

A process of its own, as `load` is, for the same reason. Closed loop to find the peak, open loop
(arrivals at random times, whatever became of the earlier ones) to see how long people wait.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import uvloop

from tests.bench.load import LOOPBACK, figures

MOST_IN_FLIGHT = 128
"""Pairs; an arrival beyond them is counted and not sent."""

_QUERY = "query Seen($id: ID!, $c: String) { assignment(id: $id, consistency: $c) { id version } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`nodes` are the ids of the assignments at `paths`. `rate` (a second) None: closed
    loop of so many `connections`.
    """

    command_port: int
    query_port: int
    token: str
    body: str
    paths: list[str]
    nodes: list[str]
    connections: int
    seconds: float
    rate: float | None = None


@dataclass(slots=True)
class _Seen:
    visible: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    failures: int = 0
    unsatisfied: int = 0
    not_sent: int = 0


class _Line:
    """A keep-alive connection to each of the two."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._open: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def post(self, port: int, path: str, body: bytes) -> tuple[int, bytes]:
        if port not in self._open:
            self._open[port] = await asyncio.open_connection(LOOPBACK, port)
        reader, writer = self._open[port]
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._job.token}\r\nIdempotency-Key: {uuid4().hex}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return int(head.split(b" ", 2)[1]), await reader.readexactly(length)

    def close(self) -> None:
        for _, writer in self._open.values():
            writer.close()


class _Pairs:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.seen = _Seen()
        self._numbers = count()
        self._idle: list[_Line] = []
        self._lines: list[_Line] = []

    async def one(self) -> None:
        async with self._line() as line:
            at = next(self._numbers) % len(self.job.paths)
            sent = time.perf_counter()
            status, body = await line.post(
                self.job.command_port, self.job.paths[at], self.job.body.encode()
            )
            if status not in {200, 201}:
                self.seen.failures += 1
                return
            acknowledged = time.perf_counter()
            token = json.loads(body)["consistency"]
            query = {"query": _QUERY, "variables": {"id": self.job.nodes[at], "c": token}}
            status, body = await line.post(
                self.job.query_port, "/graphql", json.dumps(query).encode()
            )
            self._note(status, json.loads(body), acknowledged - sent, acknowledged)

    def _note(
        self, status: int, answer: Mapping[str, Any], took: float, acknowledged: float
    ) -> None:
        if status != 200 or "errors" in answer:
            self.seen.failures += 1
        elif not answer["extensions"]["consistency"]["satisfied"]:
            self.seen.unsatisfied += 1
        else:
            self.seen.answered.append(took)
            self.seen.visible.append(time.perf_counter() - acknowledged)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[_Line]:
        if not self._idle:
            self._idle.append(_Line(self.job))
            self._lines.append(self._idle[-1])
        line = self._idle.pop()
        yield line
        self._idle.append(line)

    def close(self) -> None:
        for line in self._lines:
            line.close()


async def measure(job: Job) -> dict[str, Any]:
    pairs = _Pairs(job)
    began = time.perf_counter()
    if job.rate is None:
        await _closed(pairs, began + job.seconds)
    else:
        await _open(pairs, began + job.seconds, job.rate)
    took = time.perf_counter() - began
    pairs.close()
    return {
        "visible": asdict(figures(pairs.seen.visible, took, pairs.seen.failures)),
        "answered": asdict(figures(pairs.seen.answered, took, pairs.seen.failures)),
        "unsatisfied": pairs.seen.unsatisfied,
        "not_sent": pairs.seen.not_sent,
    }


async def _closed(pairs: _Pairs, end: float) -> None:
    async def client() -> None:
        while time.perf_counter() < end:
            await pairs.one()

    await asyncio.gather(*(client() for _ in range(pairs.job.connections)))


async def _open(pairs: _Pairs, end: float, rate: float) -> None:
    chance = random.Random(20260226)  # noqa: S311 - arrival times, the same in every round
    running: set[asyncio.Task[None]] = set()
    due = time.perf_counter()
    while (due := due + chance.expovariate(rate)) < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if len(running) >= MOST_IN_FLIGHT:
            pairs.seen.not_sent += 1
            continue
        task = asyncio.create_task(pairs.one())
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(measure(Job(**json.load(sys.stdin)))), sys.stdout)
