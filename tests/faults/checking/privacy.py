"""I10: what somebody wrote is nowhere in the open: no log, error, header, key, record or store. On
the analytics topic there is neither an id nor a time, nor a header that could hold one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.observed import Observed
from tests.system.topics import Record

_AN_ID_OR_A_TIME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d|\d\d:\d\d",
    re.IGNORECASE,
)
_HEADERS = frozenset(
    {"content-type", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject"}
    | {"ce_dataschema", "ce_partitionkey", "ce_sequence", "ce_epoch"}
    | {"ce_correlationid", "ce_causationid"}
)
"""All that an analytics record may have."""


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    for name, text in chain(observed.texts, _on_the_topics(observed), _in_the_stores(observed)):
        if any(canary in text for canary in observed.canaries):
            yield anomaly("leak", name)
    for each in observed.derived:
        named = {name for name, _ in each.raw}
        if _AN_ID_OR_A_TIME.search(_text(_parts(each))) or not named <= _HEADERS:
            yield anomaly("leak", _place(each))


def _on_the_topics(observed: Observed) -> Iterator[tuple[str, str]]:
    for each in (*observed.records, *observed.derived):
        yield _place(each), _text(_parts(each))


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _parts(record: Record) -> Sequence[bytes | None]:
    return [record.key, record.value, *(part for _, part in record.raw)]


def _in_the_stores(observed: Observed) -> Iterator[tuple[str, str]]:
    for each in observed.stored:
        yield f"{each.service} {each.event_id}", _text([each.key.encode(), each.data])
    for row in observed.parked:
        yield f"{row['service']} parked", " ".join(map(str, row.values()))


def _text(parts: Sequence[bytes | None]) -> str:
    return b" ".join(part or b"" for part in parts).decode("utf-8", "replace")
