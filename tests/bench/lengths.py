"""What a command costs on a short and on a long stream, remembered by the process or not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.bench.commands import SCALED
from tests.bench.filling import filled as fill
from tests.bench.filling import rated
from tests.bench.load import LOOPBACK
from tests.bench.report import Spread
from tests.bench.stage import PATIENT, Stage, assignment_api, headers

LENGTHS = (10, 1000)
STREAMS = 12
"""Of each length and round; the first command on each finds nothing remembered."""
WARM = 8
"""Commands on each after that."""


def by_length(where: Stage, *, rounds: int, progress: Callable[[str], None]) -> dict[str, Any]:
    """Median milliseconds of a command, one after the other on one connection."""
    found: dict[str, list[float]] = {}
    with (
        assignment_api(where) as port,
        httpx.Client(base_url=f"http://{LOOPBACK}:{port}", headers=headers(where)) as http,
    ):
        for number in range(rounds):
            progress(f"short and long streams, round {number + 1} of {rounds}")
            for length in LENGTHS:
                streams = fill(where, STREAMS, rated(length), patients=[PATIENT])
                _timed(http, streams[:1])  # the class of command, not the stream, is warmed up
                cold = _timed(http, streams[1:])
                warm = [took for _ in range(WARM) for took in _timed(http, streams[1:])]
                found.setdefault(f"{length} events, cold", []).append(median(cold))
                found.setdefault(f"{length} events, warm", []).append(median(warm))
    return {name: asdict(Spread.of(times)) for name, times in found.items()}


def _timed(http: httpx.Client, streams: Sequence[UUID]) -> Sequence[float]:
    return [_milliseconds(http, stream) for stream in streams]


def _milliseconds(http: httpx.Client, stream: UUID) -> float:
    began = time.perf_counter()
    answer = http.post(
        f"/v1/assignments/{stream}/readiness-ratings",
        content=SCALED,
        headers={"Idempotency-Key": uuid4().hex, "Content-Type": "application/json"},
    )
    took = time.perf_counter() - began
    answer.raise_for_status()
    return took * 1000
