"""A clinic in which all went well, as a checker would see it: told step by step, then observed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

import orjson

from libs.eventstore.chain import link
from libs.eventstore.recorded import Recorded, stream_name
from libs.messaging.envelope import to_message
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW
from libs.testing.streams import CHAIN_KEY
from tests.faults.checking.readers import READERS, read_by
from tests.faults.fold import kept, read_models
from tests.faults.fold.tables import FOLDED, FOLLOWERS, Tables
from tests.faults.fold.timeline import is_about_a_patient
from tests.faults.history import Attempt, Command, Outcome
from tests.faults.observed import Observed, Place, Probe, Stored
from tests.system.topics import Record
from tests.unit.faults.a_store import stored
from tests.unit.faults.an_analytics_topic import KEY, lying

PARTITIONS = 3
CANARY = "a blue canary"
SEALED = {"key": f"{MASHA}.clinical.1", "nonce": "AAAA", "ciphertext": "c2VhbGVk"}
SERVICE_OF = {
    **dict.fromkeys(
        ("clinic", "patient", "therapist", "relationship", "supervision", "session", "consent"),
        "care",
    ),
    **dict.fromkeys(("departure", "window", "group"), "care"),
    **dict.fromkeys(("assignment", "goal", "groupwork", "template"), "assignment"),
    **dict.fromkeys(("entry", "notebook"), "diary"),
    "review": "review",
}

Told = tuple[str, Mapping[str, Any]]
"""A fact's own name and what it says."""


def at(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def attempt(outcome: Outcome, status: int | None, **more: Any) -> Attempt:
    told: dict[str, Any] = {"code": None, "retry_after": False, "replayed": False}
    told |= {"id": None, "version": None, "began": 0.0, "ended": 0.1}
    return Attempt(outcome=outcome, status=status, **{**told, **more})


@dataclass
class Log:
    """All that was recorded, in order, each stream chained."""

    facts: list[Recorded] = field(default_factory=list)
    ends: dict[str, Recorded] = field(default_factory=dict)

    def append(
        self,
        category: str,
        uuid: UUID,
        *told: Told,
        correlation: UUID,
        cause: UUID | None = None,
        subject: UUID | None = MASHA,
    ) -> Sequence[Recorded]:
        """In one go, a second after what was before."""
        moment = NOW + timedelta(seconds=len(self.facts))
        made = []
        for name, data in told:
            stream = stream_name(category, uuid)
            last = self.ends.get(stream)
            version = 1 if last is None else last.version + 1
            one = Recorded(
                event_id=uuid5(uuid, f"{category}/{version}"),
                stream_id=stream,
                version=version,
                type=f"interlude.{SERVICE_OF[category]}.{name}.v1",
                tenant_id=CLINIC,
                subject_id=subject,
                actor_id=ANNA,
                actor_role="therapist" if cause is None else "system",
                on_behalf_of=None,
                correlation_id=correlation,
                causation_id=cause,
                traceparent="",
                occurred_at=moment,
                zone="Europe/London",
                recorded_at=moment,
                data=orjson.dumps(data),
                chain=b"",
            )
            one = replace(one, chain=link(CHAIN_KEY, b"" if last is None else last.chain, one))
            self.ends[stream] = one
            made.append(one)
        self.facts += made
        return made


def observed(log: Log, history: Sequence[Command], repeats: Sequence[int] = ()) -> Observed:
    """`repeats` are facts that the relay published again a little later, with all that follow."""
    rows = [stored(each, position) for position, each in enumerate(log.facts, 1)]
    seen = Observed(
        history=history,
        stored=rows,
        heads=_heads(rows),
        waiting=dict.fromkeys(FOLLOWERS, 0),
        records=_records(log, repeats),
        planted=frozenset(),
        models={},
        applied={},
        parked=[],
        expected_parked=frozenset(),
        texts=[("care.log", '{"event": "started"}')],
        canaries=[CANARY],
        visible=[(each.correlation_id, 0.2) for each in history],
        visible_within=5.0,
        probes=[
            Probe(process="care", at=1.0, ready=True, should=True),
            Probe(process="care", at=2.0, ready=False, should=False),
            Probe(process="care", at=3.0, ready=True, should=None),
        ],
        chain_keys=dict.fromkeys(FOLLOWERS, CHAIN_KEY),
        derived=lying(log.facts),
        analytics_keys={"1": KEY},
    )
    return caught_up(seen)


def caught_up(seen: Observed) -> Observed:
    """Read by everybody: all of it, or what comes before a record that is parked on purpose."""
    return replace(seen, models=_models(seen), applied=_applied(seen))


def parked_row(reader: str, place: Place, fact: Stored | None) -> Mapping[str, Any]:
    service, name = reader.split("/")
    topic, partition, offset = place
    return {
        "service": service,
        "reader": name,
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "tenant_id": fact and fact.tenant_id,
        "stream_id": fact and fact.stream_id,
        "version": fact and fact.version,
        "code": "no-type" if fact is None else "ValueError",
    }


def _heads(rows: Sequence[Stored]) -> Mapping[str, Mapping[tuple[str, str], tuple[int, str]]]:
    found: dict[str, dict[tuple[str, str], tuple[int, str]]] = defaultdict(dict)
    for each in rows:
        found[each.service][each.stream] = each.version, each.chain
    return found


def _records(log: Log, repeats: Sequence[int]) -> Sequence[Record]:
    ends: Counter[tuple[str, int]] = Counter()
    return [_record(each, ends) for each in _sent(log.facts, repeats)]


def _sent(facts: Sequence[Recorded], repeats: Sequence[int]) -> Iterator[Recorded]:
    for place, each in enumerate(facts):
        yield each
        for again in repeats:
            if place == again + 1:
                yield from facts[again : place + 1]


def _record(fact: Recorded, ends: Counter[tuple[str, int]]) -> Record:
    service = fact.type.split(".")[1]
    message = to_message(fact, f"interlude.{service}.events.v1")
    key = message.key or b""
    line = message.topic, crc32(key) % PARTITIONS
    ends[line] += 1
    return Record(*line, ends[line] - 1, key, tuple(message.headers), message.value or b"")


def _models(seen: Observed) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    tables: Tables = read_models(read_by("gateway/live", seen))
    for service in FOLLOWERS:
        tables.update(kept(service, read_by(f"{service}/keep", seen)))
    rows = {
        name: [
            {**dict.fromkeys(columns.rest), **dict(zip(columns.keys, key, strict=True)), **row}
            for key, row in tables[name].items()
        ]
        for name, columns in FOLDED.items()
    }
    return {**rows, **_feed(seen)}


def _feed(seen: Observed) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    heads: Counter[tuple[str, str]] = Counter()
    feed = []
    for each in read_by("gateway/live", seen):
        if is_about_a_patient(each.subject_id, each.category):
            patient = each.tenant_id, each.subject_id or ""
            heads[patient] += 1
            feed.append(_numbered(patient, heads[patient], event_id=each.event_id))
    return {"feed": feed, "feed_heads": [_numbered(*head) for head in heads.items()]}


def _numbered(patient: tuple[str, str], number: int, **more: str) -> Mapping[str, Any]:
    return {"tenant_id": patient[0], "patient_id": patient[1], "number": number, **more}


def _applied(seen: Observed) -> Mapping[str, Mapping[tuple[str, str], int]]:
    return {
        reader: {each.stream: each.version for each in read_by(reader, seen)} for reader in READERS
    }
