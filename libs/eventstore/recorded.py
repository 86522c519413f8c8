"""One fact as it was recorded: its envelope, and the exact bytes that were published."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from libs.eventstore.versions import first_version_of
from libs.vocabulary.uuids import uuid_of


@dataclass(slots=True, kw_only=True)
class Recorded:
    """Instants are UTC with microseconds. `type` is the published name with its version,
    `data` the exact JSON bytes (private fields sealed), `chain` the HMAC over all before.

    Never changed. Not frozen only because that would take as long as to read all of its headers.
    """

    event_id: UUID
    stream_id: str
    version: int
    type: str
    tenant_id: UUID
    subject_id: UUID | None
    actor_id: UUID
    actor_role: str
    on_behalf_of: UUID | None
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str
    occurred_at: datetime
    zone: str
    recorded_at: datetime
    data: bytes
    chain: bytes
    readings: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What its readers have made of `data`, by their models: several read it, one after the other,
    and it is parsed and checked once for all of them.
    """

    @property
    def stream_uuid(self) -> UUID:
        return _uuid_at_the_end_of(self.stream_id)

    @property
    def category(self) -> str:
        return self.stream_id[:-37]

    @property
    def known_as(self) -> str:
        """By what name readers know it, whatever its version: that of the first. A version only
        ever adds what may be missing, so who reads the first reads them all.
        """
        return first_version_of(self.type)

    @property
    def key(self) -> str:
        """What decides the partition: one patient's facts stay together."""
        return self.stream_id if self.subject_id is None else str(self.subject_id)


@lru_cache(maxsize=4096)
def _uuid_at_the_end_of(stream_id: str) -> UUID:
    """Asked for by every read model of every fact."""
    return uuid_of(stream_id[-36:])


@lru_cache(maxsize=4096)
def stream_name(category: str, uuid: UUID) -> str:
    return f"{category}-{uuid}"
