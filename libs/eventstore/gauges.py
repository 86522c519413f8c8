"""What a reader of topics counts, by reader: how far behind, how much parked, how fast."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Partition

_LAG_EVENTS = Gauge("interlude_reader_lag_events", "Records not yet read.", ["reader"])
_LAG_SECONDS = Gauge(
    "interlude_reader_lag_seconds", "Age of the newest fact applied; 0 when caught up.", ["reader"]
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
_OUTCOMES = Counter(
    "interlude_reactions_total", "Reactions, by what became of them.", ["reaction", "outcome"]
)


class Gauges:
    def __init__(self, reader: str) -> None:
        self._reader = reader
        self._newest: datetime | None = None

    def batch(self, delivered: int, applied: Sequence[Recorded]) -> None:
        _BATCH.labels(self._reader).observe(delivered)
        _APPLIED.labels(self._reader).inc(len(applied))
        if applied:
            self._newest = applied[-1].recorded_at

    def parked(self, records: int, streams: int) -> None:
        _PARKED.labels(self._reader).set(records)
        _PARKED_STREAMS.labels(self._reader).set(streams)

    def lag(
        self, places: Mapping[Partition, int], ends: Mapping[Partition, int], now: datetime
    ) -> None:
        """Of the partitions that this process has; the sum over processes is the reader's."""
        behind = sum(max(0, ends.get(at, 0) - place) for at, place in places.items())
        _LAG_EVENTS.labels(self._reader).set(behind)
        age = (now - self._newest).total_seconds() if behind and self._newest else 0.0
        _LAG_SECONDS.labels(self._reader).set(max(0.0, age))


def reacted(reaction: str, outcome: str) -> None:
    """`outcome` is a code of ours: `done`, `already-so`, or why not."""
    _OUTCOMES.labels(reaction, outcome).inc()
