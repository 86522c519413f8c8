"""I7: each read model is the fold of the log, and shows each fact once."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.checking.readers import GATEWAY, read_by
from tests.faults.fold import kept, read_models
from tests.faults.fold.comparing import differences
from tests.faults.fold.plain import plain
from tests.faults.fold.tables import EXCUSED, FOLDED, FOLLOWERS, Tables
from tests.faults.fold.timeline import is_about_a_patient
from tests.faults.observed import Observed, Stored

Rows = Sequence[Mapping[str, Any]]


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    folded = _folded(observed)
    for event_id in folded.unreadable:
        yield anomaly("model-differs", event_id, "cannot be folded")
    for table in sorted(FOLDED.keys() | observed.models.keys() - EXCUSED.keys()):
        yield from _table(table, folded, observed)
    yield from _feed(observed)


def _folded(observed: Observed) -> Tables:
    tables = read_models(read_by(GATEWAY, observed))
    for service in FOLLOWERS:
        tables.update(kept(service, read_by(f"{service}/keep", observed)))
    return tables


def _table(table: str, folded: Tables, observed: Observed) -> Iterator[Anomaly]:
    if table not in FOLDED or table not in observed.models:
        yield anomaly("model-differs", table, "is not folded, or was not looked at")
        return
    columns, rows = FOLDED[table], observed.models[table]
    shown = Counter(tuple(row[name] for name in columns.keys) for row in rows)
    for twice in (key for key, count in shown.items() if count > 1):
        yield anomaly("seen-twice", table, *twice)
    for key, wrong in differences(columns, folded[table], rows):
        yield anomaly("model-differs", table, key, wrong)


def _feed(observed: Observed) -> Iterator[Anomaly]:
    """Each fact about a patient has one number, from 1 without a gap, in its stream's order."""
    facts = {
        each.event_id: each
        for each in read_by(GATEWAY, observed)
        if is_about_a_patient(each.subject_id, each.category)
    }
    shown = _shown(observed.models.get("feed", ()))
    yield from _once(shown)
    seen = {event for events in shown.values() for event in events}
    for event in seen ^ facts.keys():
        yield anomaly("model-differs", "feed", event)
    heads = {_patient(row): row["number"] for row in observed.models.get("feed_heads", ())}
    for patient in heads.keys() | shown.keys():
        if heads.get(patient) != len(shown.get(patient, ())):
            yield anomaly("model-differs", "feed_heads", *patient)
    for events in shown.values():
        yield from _in_order([facts[event] for event in events if event in facts])


def _shown(rows: Rows) -> Mapping[tuple[str, str], Sequence[str]]:
    """Each patient's events by their numbers."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row["number"])):
        found[_patient(row)].append(plain(row["event_id"]))
    return found


def _patient(row: Mapping[str, Any]) -> tuple[str, str]:
    return plain(row["tenant_id"]), plain(row["patient_id"])


def _once(shown: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[Anomaly]:
    counted = Counter(event for events in shown.values() for event in events)
    for event, count in counted.items():
        if count > 1:
            yield anomaly("seen-twice", "feed", event)


def _in_order(events: Sequence[Stored]) -> Iterator[Anomaly]:
    reached: dict[str, int] = {}
    for each in events:
        if each.version < reached.get(each.stream_id, 0):
            yield anomaly("model-differs", "feed", each.event_id, "before its turn")
        reached[each.stream_id] = each.version
