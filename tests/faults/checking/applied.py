"""I7: every reader has come to the end of every stream that it follows, and parked only poison."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.checking.readers import GATEWAY, READERS, read_by
from tests.faults.observed import Observed, Stream
from tests.system.topics import Record

_CODE = re.compile(r"[A-Za-z-]{1,40}")


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    return chain(
        (each for reader in READERS for each in _of(reader, observed)),
        _wrongly_parked(observed),
        _skipped(observed),
    )


def _of(reader: str, observed: Observed) -> Iterator[Anomaly]:
    expected: dict[Stream, int] = {}
    for each in read_by(reader, observed):
        expected[each.stream] = max(each.version, expected.get(each.stream, 0))
    applied = observed.applied.get(reader, {})
    for stream in expected.keys() | applied.keys():
        if expected.get(stream) != applied.get(stream):
            come = f"{applied.get(stream, 0)} of {expected.get(stream, 0)}"
            yield anomaly("applied-differs", reader, *stream, come)


def _wrongly_parked(observed: Observed) -> Iterator[Anomaly]:
    for row in observed.parked:
        place = row["topic"], row["partition"], row["offset"]
        if place not in observed.expected_parked:
            code = row["code"] if _CODE.fullmatch(row["code"]) else "no code at all"
            yield anomaly("wrongly-parked", row["service"], row["reader"], *place, code)


def _skipped(observed: Observed) -> Iterator[Anomaly]:
    """What is poison must lie parked until somebody has looked at it, or its stream passed it."""
    parked = {(row["topic"], row["partition"], row["offset"]) for row in observed.parked}
    records = {(each.topic, each.partition, each.offset): each for each in observed.records}
    passed = observed.applied.get(GATEWAY, {})
    for place in observed.expected_parked - parked:
        if not _is_passed(records.get(place), passed):
            yield anomaly("poison-skipped", *place)


def _is_passed(record: Record | None, passed: Mapping[Stream, int]) -> bool:
    if record is None:
        return False
    headers = dict(record.raw)
    tenant, stream, version = (
        (headers.get(name) or b"").decode("utf-8", "replace")
        for name in ("ce_tenantid", "ce_subject", "ce_sequence")
    )
    return version.isdecimal() and int(version) <= passed.get((tenant, stream), 0)
