"""What grows with the store and what must not: relaying, projecting and appending at 10,000,
100,000 and 1,000,000 stored events.

A projection from empty tables is what a rebuild does. The largest size is measured once, because
five rounds of it would take an hour.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg

from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import Append
from tests.bench.filling import append_of, created, recording_of
from tests.bench.mass import grown, to_be_published
from tests.bench.pipeline import brokers, journey
from tests.bench.report import Spread
from tests.bench.stage import PATIENT, Stage, keyring

SIZES = (10_000, 100_000, 1_000_000)
SMALL_SIZES = (10_000, 20_000, 40_000)
ONCE_FROM = 500_000
"""Events; of so many there is one round."""

APPENDS = 200
TOGETHER = 16
"""As many commands as a busy process sends in one append."""

RATES = ("relay", "projector")

Say = Callable[[str], None]
Found = dict[str, dict[int, dict[str, list[float]]]]
"""By broker, by size, and by what was measured."""


def by_volume(where: Stage, *, rounds: int, quick: bool, progress: Say) -> dict[str, Any]:
    """Events a second of each role, milliseconds of an append, and what they cost at each size as a
    multiple of what they cost at the smallest.
    """
    found: Found = {}
    with brokers(where) as urls:
        for size in SMALL_SIZES if quick else SIZES:
            grown(where, size, progress)
            times = 1 if size >= ONCE_FROM else rounds
            for number in range(times):
                told = f"{size:,} events, round {number + 1} of {times}"
                progress(f"append at {told}")
                _note(found, "append", size, asyncio.run(_appended(where)))
                for broker, url in urls.items():
                    progress(f"relay and projector of {told}, on {broker}")
                    _refill(where)
                    _note(found, broker, size, journey(where, url, f"volume{size}.{number}."))
    return {what: _summary(by_size, rounds) for what, by_size in found.items()}


def _note(found: Found, what: str, size: int, figures: Mapping[str, float]) -> None:
    for name, figure in figures.items():
        found.setdefault(what, {}).setdefault(size, {}).setdefault(name, []).append(figure)


def _summary(by_size: Mapping[int, Mapping[str, Sequence[float]]], rounds: int) -> dict[str, Any]:
    smallest = min(by_size)
    summary: dict[str, Any] = {}
    for size, figures in by_size.items():
        shown = summary[_told(size, figures, rounds)] = {}
        for name, some in figures.items():
            shown[name] = asdict(Spread.of(some))
            if size != smallest:
                base = _cost(name, median(by_size[smallest][name]))
                ratios = Spread.of([_cost(name, one) / base for one in some])
                shown[f"{name}, cost / at {smallest:,}"] = asdict(ratios)
    return summary


def _told(size: int, figures: Mapping[str, Sequence[float]], rounds: int) -> str:
    once = all(len(some) == 1 for some in figures.values()) and rounds > 1
    return f"{size:,} events" + (" (one round)" if once else "")


def _cost(name: str, figure: float) -> float:
    """Rates are events a second; all else is a time already."""
    return 1 / figure if name in RATES else figure


def _refill(where: Stage) -> None:
    with psycopg.connect(where.database.url, autocommit=True) as admin:
        # What the last round left on the embedded log would only fill the disk.
        admin.execute("TRUNCATE broker.log")
        to_be_published(admin)


async def _appended(where: Stage) -> Mapping[str, float]:
    """Milliseconds an append of one fact, each to a stream of its own."""
    pool = await open_pool(where.database.url_as("assignment_app"), size=2, application="bench")
    try:
        async with keyring(where) as keys:
            recording = recording_of(keys)
            many = [
                await append_of(recording, uuid4(), PATIENT, created) for _ in range(2 * APPENDS)
            ]
        store = PostgresEventStore(pool)
        await store.append(many[:1])
        alone = [await _milliseconds(store, [one]) for one in many[1:APPENDS]]
        groups = [many[at : at + TOGETHER] for at in range(APPENDS, 2 * APPENDS, TOGETHER)]
        together = [await _milliseconds(store, some) / len(some) for some in groups]
    finally:
        await pool.close()
    return {"append, alone": median(alone), f"append, {TOGETHER} together": median(together)}


async def _milliseconds(store: PostgresEventStore, batch: Sequence[Append]) -> float:
    began = time.perf_counter()
    await store.append(batch)
    return (time.perf_counter() - began) * 1000
