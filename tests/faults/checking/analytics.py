"""I12: the analytics topic says what consents allow, all of it, once, and of nobody else.

Pseudonyms are worked out here from what the stores hold and the role's key: none of its code or
tables is asked. What may be wrong without being an anomaly:

- *A clock that is off.* Whether a consent covers a fact is decided by the times that the services
  themselves recorded, right or wrong, here as in the role. So nothing is excused, but a fact that a
  service has dated before the consent is owed to nobody, whenever it happened.
- *A Kafka whose data is gone.* A lost analytics topic is not derived again: what was recorded
  before (`lost_before`) need not be there. Whatever is there must be right all the same.
- *A withdrawal that reaches its topic late.* Facts of the time after it may have slipped out
  meanwhile, under the name that consumers are then told to forget.
"""

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

import orjson

from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.checking.readers import ANALYTICS, read_by
from tests.faults.fold.consents import Consent, Patient, consents
from tests.faults.observed import Observed, Stored
from tests.system.topics import Record

_SIZE = 16
_STAYS = {"ClinicRegistered", "TherapistRegistered", "PatientRegistered"}
_FORGET = "ConsentWithdrawn"
_ONLY_SHARED = "DiaryEntryRecorded"

Name = tuple[str, str]
"""An epoch, and who a patient is in it."""

Id = tuple[str, str]
"""An epoch, and what a fact is called in it."""


@dataclass(frozen=True)
class Topic:
    """Of each consent what was said under its names, in the order in which a consumer meets it."""

    observed: Observed

    @cached_property
    def consents(self) -> Sequence[Consent]:
        return consents(self.observed.stored)

    @cached_property
    def facts(self) -> Mapping[Patient, Sequence[Stored]]:
        """About patients, as far as the role has to have come."""
        found: dict[Patient, list[Stored]] = defaultdict(list)
        for each in read_by(ANALYTICS, self.observed):
            if each.subject_id is not None and each.name not in _STAYS and not _is_private(each):
                found[each.tenant_id, each.subject_id].append(each)
        return found

    @cached_property
    def names(self) -> Mapping[Name, Consent]:
        return {
            (epoch, pseudonym(key, consent, consent.patient[1])): consent
            for consent in self.consents
            for epoch, key in self.observed.analytics_keys.items()
        }

    @cached_property
    def ids(self) -> Mapping[Id, tuple[Consent, Stored]]:
        """Each consent has a name of its own for each fact, so that names cannot be joined."""
        return {
            (epoch, pseudonym(key, consent, fact.event_id)): (consent, fact)
            for consent in self.consents
            for fact in self.facts.get(consent.patient, ())
            for epoch, key in self.observed.analytics_keys.items()
        }

    @cached_property
    def said(self) -> Mapping[str, Sequence[tuple[Record, Stored]]]:
        """By the fact that gave a consent."""
        found: dict[str, list[tuple[Record, Stored]]] = defaultdict(list)
        for record in self.records:
            if (known := self.of(record)) is not None:
                found[known[0].given].append((record, known[1]))
        return found

    @cached_property
    def records(self) -> Sequence[Record]:
        return sorted(self.observed.derived, key=lambda each: (each.partition, each.offset))

    def of(self, record: Record) -> tuple[Consent, Stored] | None:
        """None where key and id are not those of one consent's facts."""
        told = {name: (value or b"").decode("utf-8", "replace") for name, value in record.raw}
        epoch, key = told.get("ce_epoch", ""), (record.key or b"").decode("utf-8", "replace")
        known = self.ids.get((epoch, told.get("ce_id", "")))
        return known if known is not None and known[0] is self.names.get((epoch, key)) else None

    def is_owed(self, recorded_at: datetime) -> bool:
        lost_before = self.observed.lost_before
        return lost_before is None or recorded_at >= lost_before


def _is_private(fact: Stored) -> bool:
    """What a patient recorded for themselves alone is nobody else's, consent or not."""
    return fact.name == _ONLY_SHARED and orjson.loads(fact.data)["visibility"] != "shared"


def pseudonym(key: bytes, consent: Consent, told: str) -> str:
    """As the product's documentation has it, written down a second time."""
    message = UUID(consent.given).bytes + told.encode()
    return hmac.digest(key, message, "sha256")[:_SIZE].hex()


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    topic = Topic(observed)
    for rule in _RULES:
        yield from rule(topic)


def _place(record: Record) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


def _never_consented(topic: Topic) -> Iterator[Anomaly]:
    """Of nobody who consented; or of the time before, or the end of another's consent."""
    for record in topic.records:
        known = topic.of(record)
        if known is None:
            yield anomaly("not-consented", _place(record))
        elif not _is_covered(*known):
            yield anomaly("not-consented", _place(record), known[1].event_id)


def _is_covered(consent: Consent, fact: Stored) -> bool:
    if fact.name == _FORGET:
        return fact.event_id == consent.withdrawn
    return fact.recorded_at >= consent.given_at


def _not_forgotten(topic: Topic) -> Iterator[Anomaly]:
    for consent in topic.consents:
        told = any(fact.name == _FORGET for _, fact in topic.said.get(consent.given, ()))
        if consent.withdrawn_at is None or told:
            continue
        if topic.is_owed(consent.withdrawn_at) or topic.said.get(consent.given):
            yield anomaly("not-forgotten", consent.withdrawn)


def _said_afterwards(topic: Topic) -> Iterator[Anomaly]:
    """Nothing new after the word to forget; and where a batch was sent again, it has the last."""
    for told in topic.said.values():
        before: set[str] = set()
        forgotten = False
        for record, fact in told:
            forgotten = forgotten or fact.name == _FORGET
            if forgotten and fact.name != _FORGET and fact.event_id not in before:
                yield anomaly("said-after-forgetting", _place(record), fact.event_id)
            before.add(fact.event_id)
        last, fact = told[-1]
        if forgotten and fact.name != _FORGET:
            yield anomaly("said-after-forgetting", _place(last), "has the last word")


def _underived(topic: Topic) -> Iterator[Anomaly]:
    """Of a consent that stands. What slipped out under one that the patient had withdrawn before,
    when nobody could know yet, is not said again.
    """
    said = {fact.event_id for told in topic.said.values() for _, fact in told}
    for consent in topic.consents:
        if consent.withdrawn_at is not None:
            continue
        for fact in topic.facts.get(consent.patient, ()):
            owed = fact.name != _FORGET and fact.recorded_at >= consent.given_at
            if owed and topic.is_owed(fact.recorded_at) and fact.event_id not in said:
                yield anomaly("underived", fact.service, fact.event_id)


def _derived_otherwise(topic: Topic) -> Iterator[Anomaly]:
    """A fact is derived once; sent again, not a byte is another."""
    first: dict[str, Record] = {}
    for told in topic.said.values():
        for record, fact in told:
            earlier = first.setdefault(fact.event_id, record)
            if (record.key, record.raw, record.value) != (earlier.key, earlier.raw, earlier.value):
                yield anomaly("derived-twice", _place(record), fact.event_id)


_RULES: Sequence[Callable[[Topic], Iterator[Anomaly]]] = (
    _never_consented,
    _not_forgotten,
    _said_afterwards,
    _underived,
    _derived_otherwise,
)
