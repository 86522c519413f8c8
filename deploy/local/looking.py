"""What a process says of itself on its admin port: whether it is ready, and how its work goes."""

import json
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

INTERVAL = 1.0
"""Seconds between the two looks that make a rate."""

TOO_LONG = 60.0
"""Seconds that something may wait before somebody should look."""

_PATIENCE = 3.0

State = Literal["ready", "degraded", "not ready", "away"]
Samples = Sequence[Sample]

_WORK = {
    "relay": "interlude_relayed_total",
    "follow": "interlude_reader_applied_total",
    "projector": "interlude_reader_applied_total",
    "analytics": "interlude_relayed_total",
    "api": "interlude_requests_total",
    "clock": "interlude_clock_looks_total",
}
_TIMES = {
    "follow": "interlude_reader_visible_seconds",
    "projector": "interlude_reader_visible_seconds",
    "analytics": "interlude_reader_visible_seconds",
    "api": "interlude_request_seconds",
}
_WAITING = ("interlude_outbox_rows", "interlude_reader_lag_events")
_OLDEST = (
    "interlude_outbox_oldest_seconds",
    "interlude_reader_lag_seconds",
    "interlude_clock_behind_seconds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`failing` says why it is not ready, or degraded. `per_second` are requests, facts published
    or facts applied; `waiting` what is not yet published or read, `oldest` for how many seconds;
    `p50` and `p99` seconds to an answer, or from recorded to applied, since the process started.
    What a role has not is None.
    """

    state: State
    failing: Sequence[str] = ()
    per_second: float | None = None
    waiting: int | None = None
    oldest: float | None = None
    parked: int | None = None
    p50: float | None = None
    p99: float | None = None
    refused: int | None = None

    @property
    def is_well(self) -> bool:
        """Degraded is not: it works, but somebody should look."""
        return self.state == "ready" and (self.oldest or 0.0) < TOO_LONG


def look(admin: Mapping[str, str]) -> Mapping[str, Seen]:
    """At all processes, by their admin ports; takes a little more than `INTERVAL`."""
    with ThreadPoolExecutor(len(admin)) as asking:
        before = list(asking.map(_samples, admin.values()))
        time.sleep(INTERVAL)
        after = list(asking.map(_samples, admin.values()))
        said = list(asking.map(_readiness, admin.values()))
    return {
        name: seen(name.rpartition("-")[2], readiness, first, second, seconds=INTERVAL)
        for name, readiness, first, second in zip(admin, said, before, after, strict=True)
    }


def seen(
    role: str,
    readiness: tuple[State, Sequence[str]],
    before: Samples,
    after: Samples,
    *,
    seconds: float,
) -> Seen:
    state, failing = readiness
    if not after:
        return Seen(state=state, failing=failing)
    done = _WORK[role]
    waiting, parked = _most(after, *_WAITING), _sum(after, "interlude_reader_parked_records")
    refused = _sum(after, "interlude_requests_refused_total")
    times = _TIMES.get(role, "")
    return Seen(
        state=state,
        failing=failing,
        per_second=((_sum(after, done) or 0.0) - (_sum(before, done) or 0.0)) / seconds,
        waiting=None if waiting is None else int(waiting),
        oldest=_most(after, *_OLDEST),
        parked=None if parked is None else int(parked),
        p50=quantile(after, times, 0.5),
        p99=quantile(after, times, 0.99),
        refused=None if refused is None else int(refused),
    )


def quantile(samples: Samples, name: str, share: float) -> float | None:
    """Of a histogram, all its labels together, evenly within the bucket; None when it is empty."""
    counts: dict[float, float] = defaultdict(float)
    for sample in samples:
        if sample.name == f"{name}_bucket":
            counts[float(sample.labels["le"])] += sample.value
    bounds = sorted(counts)
    if not bounds or not counts[bounds[-1]]:
        return None
    wanted, lower, below = share * counts[bounds[-1]], 0.0, 0.0
    for bound in bounds[:-1]:
        if counts[bound] >= wanted:
            within = (wanted - below) / (counts[bound] - below)
            return lower + (bound - lower) * within
        lower, below = bound, counts[bound]
    return lower


def _sum(samples: Samples, name: str) -> float | None:
    found = [sample.value for sample in samples if sample.name == name]
    return sum(found) if found else None


def _most(samples: Samples, *names: str) -> float | None:
    return max((sample.value for sample in samples if sample.name in names), default=None)


def _samples(url: str) -> Samples:
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=_PATIENCE) as answer:  # noqa: S310 - our own loopback URL
            text = answer.read().decode()
    except OSError:
        return ()
    return [one for each in text_string_to_metric_families(text) for one in each.samples]


def _readiness(url: str) -> tuple[State, Sequence[str]]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=_PATIENCE) as answer:  # noqa: S310 - as above
            said = json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            said = json.load(refused)
    except OSError:
        return "away", ()
    return said["status"], tuple(said.get("failing", ()))
