"""The ledger as a table for people, and as JSON beside it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from rich.table import Table

from tests.faults.plants import PLANTS

Line = Mapping[str, Any]


def summary(lines: Sequence[Line]) -> Mapping[str, Any]:
    """By fault, in the order in which they were first run."""
    by_fault: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_fault[line["fault"]].append(line)
    return {name: _of(some) for name, some in by_fault.items()}


def _of(lines: Sequence[Line]) -> Mapping[str, Any]:
    anomalies: Counter[str] = Counter()
    for line in lines:
        anomalies.update(line["anomalies"])
    return {
        "runs": len(lines),
        "acknowledged": sum(line["acknowledged"] for line in lines),
        "refused": sum(line["refused"] for line in lines),
        "unknown": sum(line["unknown"] for line in lines),
        "anomalies": dict(anomalies),
        "heal": {"median": median(_all(lines, "heal")), "max": max(_all(lines, "heal"))},
        "catch_up": {
            "median": median(_all(lines, "catch_up")),
            "max": max(_all(lines, "catch_up")),
        },
    }


def _all(lines: Sequence[Line], what: str) -> list[float]:
    return [line[what] for line in lines]


def table(lines: Sequence[Line]) -> Table:
    shown = Table(box=None, header_style="dim", title_justify="left")
    shown.add_column("fault")
    for column in ("runs", "ok", "refused", "unknown", "heal s", "catch-up s"):
        shown.add_column(column, justify="right")
    shown.add_column("anomalies")
    for name, found in summary(lines).items():
        shown.add_row(
            name,
            str(found["runs"]),
            f"{found['acknowledged']:,}",
            f"{found['refused']:,}",
            f"{found['unknown']:,}",
            f"{found['heal']['median']:.1f}",
            f"{found['catch_up']['median']:.1f}",
            _told(found["anomalies"]),
        )
    total = sum(line["acknowledged"] for line in lines)
    shown.add_row("all", str(len(lines)), f"{total:,}", "", "", "", "", "", style="bold")
    return shown


def planted_table(lines: Sequence[Line]) -> Table:
    """Which bugs were found, how soon, by what."""
    shown = Table(box=None, header_style="dim")
    for column in ("planted bug", "fault", "runs until found", "found as"):
        shown.add_column(column)
    by_bug: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_bug[line["planted"]].append(line)
    for bug, runs in sorted(by_bug.items()):
        # Another anomaly than those that speak of the bug is no find.
        signs = PLANTS[bug].found_as if bug in PLANTS else frozenset()
        found = next(
            (at for at, line in enumerate(runs, 1) if signs & set(line["anomalies"])), None
        )
        last = runs[(found or len(runs)) - 1]
        shown.add_row(
            bug, last["fault"], str(found) if found else "[red]not[/]", _told(last["anomalies"])
        )
    return shown


def _told(anomalies: Mapping[str, int]) -> str:
    if not anomalies:
        return "[green]0[/]"
    return (
        "[red]" + ", ".join(f"{name} {count}" for name, count in sorted(anomalies.items())) + "[/]"
    )
