"""A closed loop of HTTP/1.1 clients: each sends, waits for its answer, sends again.

Raw asyncio, because a client library would cost more than the servers under measure. It talks to
loopback only and ends when its time is up.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import uvloop

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Successes a second, latencies in milliseconds, and everything that was not a 2xx."""

    rate: float
    p50: float
    p95: float
    p99: float
    failures: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`paths` are posted to in turn; `body` is the same each time, the key a new one."""

    port: int
    paths: tuple[str, ...]
    body: str
    headers: Mapping[str, str]


def requests_to(target: Target) -> Iterator[bytes]:
    body = target.body.encode()
    fixed = "".join(f"{name}: {value}\r\n" for name, value in target.headers.items())
    run = uuid4().hex
    for number in count():
        path = target.paths[number % len(target.paths)]
        yield (
            f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nIdempotency-Key: {run}-{number}\r\n{fixed}\r\n"
        ).encode() + body


async def measure(target: Target, *, connections: int, seconds: float) -> Figures:
    requests = requests_to(target)
    latencies: list[float] = []
    failures: list[int] = []
    started = time.perf_counter()
    end = started + seconds
    await asyncio.gather(
        *(
            _client(target.port, lambda: next(requests), end, latencies, failures)
            for _ in range(connections)
        )
    )
    took = time.perf_counter() - started
    return figures(latencies, took, len(failures))


def figures(latencies: list[float], took: float, failures: int) -> Figures:
    ranked = sorted(latencies) or [0.0]

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000, 3)

    return Figures(
        rate=round(len(latencies) / took, 1),
        p50=at(0.50),
        p95=at(0.95),
        p99=at(0.99),
        failures=failures,
        samples=len(latencies),
    )


async def _client(
    port: int,
    following: Callable[[], bytes],
    end: float,
    latencies: list[float],
    failures: list[int],
) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        while (sent := time.perf_counter()) < end:
            writer.write(following())
            status = await _answer(reader)
            if status in {200, 201}:
                latencies.append(time.perf_counter() - sent)
            else:
                failures.append(status)
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return int(lines[0].split(b" ", 2)[1])


def main() -> None:
    """Reads one job as JSON on standard input and writes its figures: a process of its own."""
    job: dict[str, Any] = json.load(sys.stdin)
    target = Target(
        port=job["port"], paths=tuple(job["paths"]), body=job["body"], headers=job["headers"]
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        outcome = runner.run(
            measure(target, connections=job["connections"], seconds=job["seconds"])
        )
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
