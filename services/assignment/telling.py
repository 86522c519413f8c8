"""What every view tells of a stream: its facts of one kind, and who told each, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from libs.eventstore.recorded import Recorded

History = Sequence[tuple[Recorded, Any]]
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One fact of the history, with its envelope: who told it, for whom, and when."""

    version: int
    type: str
    by: UUID
    role: str
    on_behalf_of: UUID | None
    occurred_at: datetime
    recorded_at: datetime


def all_of(facts: Iterable[object], kind: type[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if isinstance(fact, kind))


def told_in(history: History) -> tuple[HistoryEntry, ...]:
    return tuple(
        HistoryEntry(
            version=recorded.version,
            type=recorded.type,
            by=recorded.actor_id,
            role=recorded.actor_role,
            on_behalf_of=recorded.on_behalf_of,
            occurred_at=recorded.occurred_at,
            recorded_at=recorded.recorded_at,
        )
        for recorded, _ in history
    )
