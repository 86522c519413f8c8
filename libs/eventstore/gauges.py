"""What a reader of topics counts, by reader: how far behind, how much parked, how fast."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from libs.eventstore.lagging import Lag
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Partition
from libs.tracing.spans import carried

_LAG_EVENTS = Gauge("interlude_reader_lag_events", "Records not yet read.", ["reader"])
_LAG_SECONDS = Gauge(
    "interlude_reader_lag_seconds",
    "All that was published longer ago is read; 0 when caught up.",
    ["reader"],
)
_PARKED = Gauge("interlude_reader_parked_records", "Records parked.", ["reader"])
_PARKED_STREAMS = Gauge(
    "interlude_reader_parked_streams", "Streams with parked records.", ["reader"]
)
_BATCH = Histogram(
    "interlude_reader_batch_records",
    "Records delivered per transaction.",
    ["reader"],
    buckets=(1, 2, 5, 10, 50, 100, 200, 500, 1000),
)
_APPLIED = Counter(
    "interlude_reader_applied_total", "Facts applied; its rate is the speed.", ["reader"]
)
_VISIBLE = Histogram(
    "interlude_reader_visible_seconds",
    "From recorded to applied, of the oldest fact in each transaction.",
    ["reader"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60, 300),
)
_OUTCOMES = Counter(
    "interlude_reactions_total", "Reactions, by what became of them.", ["reaction", "outcome"]
)


class Gauges:
    """`now` is a clock in UTC. `traced` readers have a span for each transaction."""

    def __init__(self, reader: str, *, now: Callable[[], datetime], traced: bool = True) -> None:
        self._reader = reader
        self._now = now
        self._traced = traced
        self._lag = Lag(now)
        _LAG_SECONDS.labels(reader).set_function(self._lag.seconds)

    def batch(
        self,
        delivered: int,
        applied: Sequence[Recorded],
        *,
        places: Mapping[Partition, int],
        began: datetime,
    ) -> None:
        """After the commit that took the reader to `places`."""
        _BATCH.labels(self._reader).observe(delivered)
        _APPLIED.labels(self._reader).inc(len(applied))
        self._lag.moved(places)
        _LAG_EVENTS.labels(self._reader).set(self._lag.events)
        if applied:
            self._applied(applied, began)

    def _applied(self, applied: Sequence[Recorded], began: datetime) -> None:
        ended, oldest = self._now(), min(one.recorded_at for one in applied)
        self._lag.applied(oldest)
        _VISIBLE.labels(self._reader).observe(max(0.0, (ended - oldest).total_seconds()))
        if self._traced:
            causes = (one.traceparent for one in applied)
            carried(f"apply {self._reader}", "consumer", causes, began=began, ended=ended)

    def parked(self, records: int, streams: int) -> None:
        _PARKED.labels(self._reader).set(records)
        _PARKED_STREAMS.labels(self._reader).set(streams)

    def lag(self, places: Mapping[Partition, int], ends: Mapping[Partition, int]) -> None:
        """Of the partitions that this process has; the sum over processes is the reader's."""
        self._lag.looked(places, ends)
        _LAG_EVENTS.labels(self._reader).set(self._lag.events)


def reacted(reaction: str, outcome: str) -> None:
    """`outcome` is a code of ours: `done`, `already-so`, or why not."""
    _OUTCOMES.labels(reaction, outcome).inc()
