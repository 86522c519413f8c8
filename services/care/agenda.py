"""Whether somebody has another session at a time, by what care has heard of its own sessions: one
that was scheduled a moment ago may be missing, which is why this is a notice and no rule.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.store import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When a session is to be held; the duration in minutes."""

    starts_at: datetime
    duration_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The people of a session, and the sessions that it is itself."""

    therapist_id: UUID
    patient_ids: Collection[UUID]
    sessions: Collection[UUID]


class Agenda(Protocol):
    async def overlaps(self, tenant_id: UUID, slots: Sequence[Slot], whose: Whose) -> bool:
        """True where one of them has another session, neither cancelled nor missed, in a slot."""


# No session is longer than 240 minutes, which keeps the search within an index.
_OVERLAPS = """
SELECT FROM known_sessions s
JOIN unnest($2::timestamptz[], $3::int[]) AS slot(starts_at, duration_min)
  ON s.starts_at < slot.starts_at + slot.duration_min * interval '1 minute'
  AND s.starts_at > slot.starts_at - interval '240 minutes'
  AND s.starts_at + s.duration_min * interval '1 minute' > slot.starts_at
WHERE s.tenant_id = $1 AND (s.therapist_id = $4 OR s.patient_id = ANY($5::uuid[]))
  AND s.status NOT IN ('cancelled', 'no_show') AND s.session_id <> ALL($6::uuid[])
LIMIT 1
"""


class KnownAgenda:
    """`patience` is a time in seconds. Raises `StoreUnavailable`."""

    def __init__(self, pool: Pool, *, patience: float = 2.0) -> None:
        self._pool = pool
        self._patience = patience

    async def overlaps(self, tenant_id: UUID, slots: Sequence[Slot], whose: Whose) -> bool:
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                row = await connection.fetchrow(
                    _OVERLAPS,
                    tenant_id,
                    [each.starts_at for each in slots],
                    [each.duration_min for each in slots],
                    whose.therapist_id,
                    list(whose.patient_ids),
                    list(whose.sessions),
                )
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return row is not None
