"""I5 and I6: the topics hold every stored fact and nothing else, byte for byte, in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.observed import Observed, Stored
from tests.system.topics import Record

Id = tuple[str, str]
"""Of a service and an event: two services may not answer for one."""


@dataclass(frozen=True, slots=True)
class Topics:
    """`copies` are the records of each fact, the first first; strangers have no fact."""

    waiting: Mapping[str, int]
    facts: Mapping[Id, Stored]
    copies: Mapping[Id, Sequence[Record]]


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    topics = Topics(
        waiting=observed.waiting,
        facts={(each.service, each.event_id): each for each in observed.stored},
        copies=_copies(observed),
    )
    for rule in _RULES:
        yield from rule(topics)


def _copies(observed: Observed) -> Mapping[Id, Sequence[Record]]:
    found: dict[Id, list[Record]] = defaultdict(list)
    for each in sorted(
        observed.records, key=lambda each: (each.topic, each.partition, each.offset)
    ):
        if (each.topic, each.partition, each.offset) not in observed.planted:
            found[each.topic.split(".")[1], _headers(each).get("ce_id", "")].append(each)
    return found


def _headers(record: Record) -> Mapping[str, str]:
    """Whatever is in them: a stranger's need not be text."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in record.raw}


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


# --- I5: every stored fact and nothing else; repeats are byte-identical. ---


def _unpublished(topics: Topics) -> Iterator[Anomaly]:
    for service, count in topics.waiting.items():
        if count:
            yield anomaly("unpublished", service, f"{count} waiting")
    for service, event_id in topics.facts.keys() - topics.copies.keys():
        yield anomaly("unpublished", service, event_id)


def _strangers(topics: Topics) -> Iterator[Anomaly]:
    for of in topics.copies.keys() - topics.facts.keys():
        for record in topics.copies[of]:
            yield anomaly("stranger", _place(record))


def _repeats_differ(topics: Topics) -> Iterator[Anomaly]:
    for first, *others in topics.copies.values():
        for record in others:
            if (record.key, record.raw, record.value) != (first.key, first.raw, first.value):
                yield anomaly("repeat-differs", _place(record))


def _envelopes_differ(topics: Topics) -> Iterator[Anomaly]:
    for of, (first, *_) in topics.copies.items():
        if of in topics.facts and (wrong := _wrong(topics.facts[of], first)):
            yield anomaly("envelope-differs", _place(first), *wrong)


def _wrong(fact: Stored, record: Record) -> Sequence[str]:
    told, expected = _headers(record), _envelope(fact)
    wrong = [name for name in told.keys() | expected.keys() if told.get(name) != expected.get(name)]
    return [
        *sorted(wrong),
        *(["key"] if record.key != fact.key.encode() else []),
        *(["value"] if record.value != fact.data else []),
    ]


def _envelope(fact: Stored) -> Mapping[str, str]:
    """A CloudEvent in binary mode. What a fact does not have is left out."""
    told = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_type": fact.type,
        "ce_source": f"/interlude/{fact.service}",
        "ce_dataschema": f"https://interlude.example/schemas/events/{fact.type}.schema.json",
        "ce_id": fact.event_id,
        "ce_subject": fact.stream_id,
        "ce_time": _instant(fact.occurred_at),
        "ce_sequence": str(fact.version),
        "ce_partitionkey": fact.key,
        "ce_tenantid": fact.tenant_id,
        "ce_actorid": fact.actor_id,
        "ce_actorrole": fact.actor_role,
        "ce_onbehalfof": fact.on_behalf_of,
        "ce_zone": fact.zone,
        "ce_correlationid": fact.correlation_id,
        "ce_causationid": fact.causation_id,
        "ce_recordedtime": _instant(fact.recorded_at),
        "ce_traceparent": fact.traceparent,
        "ce_chain": fact.chain,
    }
    return {name: value for name, value in told.items() if value is not None}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- I6: first occurrences in version order per stream, all in one partition. ---


def _out_of_order(topics: Topics) -> Iterator[Anomaly]:
    reached: dict[tuple[str, int, str, str], int] = {}
    for of, record in _in_order(topics):
        fact = topics.facts[of]
        line = (record.topic, record.partition, *fact.stream)
        if fact.version < reached.get(line, 0):
            yield anomaly("out-of-order", _place(record), fact.stream_id, fact.version)
        reached[line] = max(reached.get(line, 0), fact.version)


def _in_order(topics: Topics) -> Sequence[tuple[Id, Record]]:
    """First occurrences, as somebody meets them who reads from the beginning."""
    firsts = [(of, copies[0]) for of, copies in topics.copies.items() if of in topics.facts]
    return sorted(firsts, key=lambda first: (first[1].topic, first[1].partition, first[1].offset))


def _scattered(topics: Topics) -> Iterator[Anomaly]:
    partitions: dict[tuple[str, str], set[int]] = defaultdict(set)
    for of in topics.facts.keys() & topics.copies.keys():
        fact = topics.facts[of]
        partitions[fact.service, fact.key] |= {each.partition for each in topics.copies[of]}
    for (service, key), of_key in partitions.items():
        if len(of_key) > 1:
            yield anomaly("scattered", service, key, *sorted(of_key))


_RULES: Sequence[Callable[[Topics], Iterator[Anomaly]]] = (
    _unpublished,
    _strangers,
    _repeats_differ,
    _envelopes_differ,
    _out_of_order,
    _scattered,
)
