"""Who allowed that others learn from what is recorded of them, from when on and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from tests.faults.observed import Stored, Stream

Patient = tuple[str, str]
"""Tenant and patient id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """By the ids of the facts that gave and withdrew it; who consents again gives another one."""

    given: str
    patient: Patient
    given_at: datetime
    withdrawn: str | None = None
    withdrawn_at: datetime | None = None


def consents(stored: Iterable[Stored]) -> Sequence[Consent]:
    """To analytics, in the order of each stream; a withdrawal ends the last one there."""
    found: dict[Stream, list[Consent]] = {}
    for each in (fact for fact in stored if fact.category == "consent"):
        said = orjson.loads(each.data)
        if said["scope"] == "analytics":
            _tell(found.setdefault(each.stream, []), each, said)
    return [consent for some in found.values() for consent in some]


def _tell(found: list[Consent], fact: Stored, said: Any) -> None:
    match fact.name:
        case "ConsentGiven":
            patient = fact.tenant_id, said["patient_id"]
            found.append(Consent(given=fact.event_id, patient=patient, given_at=fact.recorded_at))
        case "ConsentWithdrawn" if found:
            found[-1] = replace(found[-1], withdrawn=fact.event_id, withdrawn_at=fact.recorded_at)
