"""An analytics record: what is left of a fact, in an envelope that names nobody and no time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from libs.eventstore.recorded import Recorded
from libs.messaging.derived import Record
from libs.messaging.envelope import CONTENT_TYPE
from services.gateway.analytics import pseudonyms
from services.gateway.analytics.decided import published_as
from services.gateway.analytics.passing import Passes, Seen
from services.gateway.analytics.pseudonyms import Pseudonyms

SCHEMAS = "https://interlude.example/schemas/analytics"
SOURCE = "/interlude/analytics"

WITHDRAWN = (published_as("interlude.care.ConsentWithdrawn.v1"), "consent")
"""How consumers are told to forget, also where the patient was erased: whoever analyses need not
know which, and has one word to obey.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a patient stands in therapy: when it began, and when each session is, in order."""

    began_at: datetime | None
    sessions: Mapping[UUID, datetime]

    def day(self, moment: datetime | date) -> int | None:
        """Whole days since therapy began; a day before it is -1."""
        if self.began_at is None:
            return None
        if isinstance(moment, datetime):
            return (moment - self.began_at).days
        return (moment - self.began_at.astimezone(UTC).date()).days

    def session_number(self, recorded: Recorded) -> int:
        """Of a session, which one it is; of all else, after how many it happened."""
        own = self.sessions.get(recorded.stream_uuid) if recorded.category == "session" else None
        if own is not None:
            return 1 + sum(each < own for each in self.sessions.values())
        return sum(each <= recorded.occurred_at for each in self.sessions.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    number: int
    key: bytes


def derived(
    recorded: Recorded,
    decision: Passes,
    *,
    epoch: Epoch,
    names: Pseudonyms,
    course: Course,
    supersedes: UUID | None,
) -> Record:
    """Raises `NotAsDecided`."""
    seen = Seen(pseudonym=names.of, day=course.day)
    content = {
        **_about(recorded, epoch, names),
        "days_since_start": course.day(recorded.occurred_at),
        "session_number": course.session_number(recorded),
    }
    if supersedes is not None:
        content["supersedes"] = names.of(str(supersedes))
    passed = decision.content.passed(orjson.loads(recorded.data), seen)
    return _record(recorded, epoch, names, {**content, "fact": passed})


def forgetting(recorded: Recorded, *, epoch: Epoch, names: Pseudonyms) -> Record:
    """Tells consumers to forget this pseudonym. Nothing else is said, so that nothing but the time
    of its arrival links one pseudonym to the patient's next.
    """
    content = {
        **_about(recorded, epoch, names),
        "days_since_start": None,
        "session_number": None,
        "fact": {"forget": names.patient},
    }
    return _record(recorded, epoch, names, content, as_of=WITHDRAWN)


def _about(recorded: Recorded, epoch: Epoch, names: Pseudonyms) -> dict[str, Any]:
    return {
        "epoch": epoch.number,
        "clinic": pseudonyms.clinic(epoch.key, recorded.tenant_id),
        "patient": names.patient,
    }


def _record(
    recorded: Recorded,
    epoch: Epoch,
    names: Pseudonyms,
    content: Mapping[str, Any],
    *,
    as_of: tuple[str, str] | None = None,
) -> Record:
    kind, category = as_of or (published_as(recorded.known_as), recorded.category)
    return Record(
        key=names.patient,
        headers=list(_headers(recorded, epoch, names, kind=kind, category=category).items()),
        value=orjson.dumps(content),
    )


def _headers(
    recorded: Recorded, epoch: Epoch, names: Pseudonyms, *, kind: str, category: str
) -> dict[str, str]:
    """CloudEvents without `time`, whose trace and chain would lead back to the fact."""
    headers = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_id": names.of(str(recorded.event_id)),
        "ce_type": kind,
        "ce_source": SOURCE,
        "ce_subject": f"{category}-{names.of(str(recorded.stream_uuid))}",
        "ce_dataschema": f"{SCHEMAS}/{kind}.schema.json",
        "ce_partitionkey": names.patient,
        "ce_sequence": str(recorded.version),
        "ce_epoch": str(epoch.number),
        "ce_correlationid": names.of(str(recorded.correlation_id)),
    }
    if recorded.causation_id is not None:
        headers["ce_causationid"] = names.of(str(recorded.causation_id))
    return headers
