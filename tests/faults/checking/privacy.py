"""I10: what somebody wrote is nowhere in the open: no log, error, header, key, record or store."""

from collections.abc import Iterator, Sequence
from itertools import chain

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.observed import Observed
from tests.system.topics import Record


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    for name, text in chain(observed.texts, _on_the_topics(observed), _in_the_stores(observed)):
        if any(canary in text for canary in observed.canaries):
            yield anomaly("leak", name)


def _on_the_topics(observed: Observed) -> Iterator[tuple[str, str]]:
    for each in observed.records:
        yield f"{each.topic}/{each.partition}/{each.offset}", _text(_parts(each))


def _parts(record: Record) -> Sequence[bytes | None]:
    return [record.key, record.value, *(part for _, part in record.raw)]


def _in_the_stores(observed: Observed) -> Iterator[tuple[str, str]]:
    for each in observed.stored:
        yield f"{each.service} {each.event_id}", _text([each.key.encode(), each.data])
    for row in observed.parked:
        yield f"{row['service']} parked", " ".join(map(str, row.values()))


def _text(parts: Sequence[bytes | None]) -> str:
    return b" ".join(part or b"" for part in parts).decode("utf-8", "replace")
