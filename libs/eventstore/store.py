"""Streams of facts, appended to only by a writer who has seen all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from libs.eventstore.recorded import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A request's key and what was answered, kept in the same transaction as its facts."""

    scope: str
    key: str
    fingerprint: bytes
    answer: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """Facts for one stream. `expected` 0 means that there is no such stream yet.

    `events` may be empty: then only the answer is remembered, if the version still holds.
    """

    tenant_id: UUID
    stream_id: str
    expected: int
    events: Sequence[Recorded]
    remember: Remembered | None


@dataclass(frozen=True, slots=True)
class Appended:
    version: int


@dataclass(frozen=True, slots=True)
class WrongVersion:
    actual: int


@dataclass(frozen=True, slots=True)
class AnsweredBefore:
    """The key is known with this very request: here is what was answered."""

    answer: bytes


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key is known, but with another request."""


Outcome = Appended | WrongVersion | AnsweredBefore | KeyReused


class OutcomeUnknown(Exception):  # noqa: N818 - a fact about the connection; the key settles it
    """The connection was lost while committing: it may have happened."""


class StoreUnavailable(Exception):  # noqa: N818 - answered as 503, nothing was written
    """The store could not be reached, or had no connection free in time."""


class EventTooLarge(Exception):  # noqa: N818 - answered as 413, nothing was written
    """A fact over 256 KiB is refused before it is stored."""


LARGEST = 256 * 1024
"""Bytes of one fact's data."""


def refuse_too_large(batch: Sequence[Append]) -> None:
    if any(len(event.data) > LARGEST for append in batch for event in append.events):
        raise EventTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One statement's view of a stream and a key: what came after, and what was answered before."""

    tail: Sequence[Recorded]
    remembered: Remembered | None


class EventStore(Protocol):
    """Implemented in memory and on PostgreSQL; one contract suite holds both to it."""

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        """Each with its own outcome, all that win in one transaction.

        A batch holds each stream and each (tenant, scope, key) at most once.
        """

    async def read(
        self, tenant_id: UUID, stream_id: str, *, after: int = 0
    ) -> Sequence[Recorded]: ...

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled: ...

    def within(self, connection: Any) -> "EventStore":
        """The same store inside somebody else's open transaction, which alone commits."""
        ...
