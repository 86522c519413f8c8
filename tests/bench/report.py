"""Figures as people read them: minimum, median and maximum of the rounds."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from tests.bench.stage import ROOT

UNITS = {
    "rate": "requests/s",
    "p50": "ms",
    "p95": "ms",
    "p99": "ms",
    "200 patients, 5 daily plans, a year": "s",
    "relay": "events/s",
    "projector": "events/s",
    "append, alone": "ms",
    "append, 16 together": "ms",
}
_CPU = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Spread:
    min: float
    median: float
    max: float

    @classmethod
    def of(cls, rounds: Sequence[float]) -> "Spread":
        return cls(round(min(rounds), 3), round(median(rounds), 3), round(max(rounds), 3))


def machine() -> Mapping[str, Any]:
    """What and where was measured; how busy the machine was says how far to trust it."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(),
            "model": _model(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load_average": [round(each, 2) for each in os.getloadavg()],
        },
        "commit": _commit(),
    }


def table(figures: Mapping[str, Any]) -> Table:
    shown = Table("what", "median", "min", "max", "unit")
    for path, spread in _spreads(figures, ()):
        shown.add_row(
            " · ".join(path),
            *(f"{spread[name]:g}" for name in ("median", "min", "max")),
            UNITS.get(path[-1], ""),
        )
    return shown


def _spreads(
    figures: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, float]]]:
    if figures.keys() == {"min", "median", "max"}:
        yield path, figures
        return
    for name, inner in figures.items():
        yield from _spreads(inner, (*path, name))


def _model() -> str:
    lines = _CPU.read_text().splitlines() if _CPU.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()
