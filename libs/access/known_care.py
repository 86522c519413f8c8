"""Answers who treats whom, and when they meet, from what this service keeps of care's facts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.access.departed import KnownDepartures
from libs.access.relationships import KnownPatient, KnownSession
from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.store import StoreUnavailable

TRUSTED_FOR = 5.0
"""Seconds for which a process may remember that somebody treats somebody, or is not erased."""

_MOST_REMEMBERED = 10_000

_TREATS = """
SELECT FROM known_relationships
WHERE tenant_id = $1 AND therapist_id = $2 AND patient_id = $3 AND ended_at IS NULL
LIMIT 1
"""
_SUPERVISES = """
SELECT FROM known_supervisions s
JOIN known_relationships r USING (tenant_id, therapist_id)
WHERE s.tenant_id = $1 AND s.supervisor_id = $2 AND s.ended_at IS NULL
  AND r.patient_id = $3 AND r.ended_at IS NULL
LIMIT 1
"""
_FACILITATES = """
SELECT FROM known_facilitators
WHERE tenant_id = $1 AND therapist_id = $2 AND group_id = $3 AND removed_at IS NULL
"""
_FINISHES = """
SELECT FROM known_relationships r
JOIN known_windows w USING (tenant_id)
LEFT JOIN known_departures d
    ON d.tenant_id = r.tenant_id AND d.person_id = r.therapist_id AND d.returned_at IS NULL
WHERE r.tenant_id = $1 AND r.therapist_id = $2 AND r.patient_id = $3
  -- LEAST passes over what is null: whichever came first, or none of them.
  AND LEAST(r.ended_at, d.left_at) + w.days * interval '1 day' > $4
  AND ($5::timestamptz IS NULL OR $5 BETWEEN r.began_at AND LEAST(r.ended_at, d.left_at))
LIMIT 1
"""
_ERASED = """
SELECT FROM known_erased WHERE tenant_id = $1 AND patient_id = $2
"""
_PATIENT = """
SELECT person_id, zone, locale FROM known_people
WHERE tenant_id = $1 AND person_id = $2 AND kind = 'patient'
"""
_SESSION = """
SELECT session_id, patient_id, therapist_id, starts_at, zone, status FROM known_sessions
WHERE tenant_id = $1 AND session_id = $2
"""
_NEXT_SESSION = """
SELECT session_id, patient_id, therapist_id, starts_at, zone, status FROM known_sessions
WHERE tenant_id = $1 AND patient_id = $2 AND therapist_id = $3
  AND starts_at > $4 AND status NOT IN ('cancelled', 'no_show')
ORDER BY starts_at, session_id
LIMIT 1
"""


class KnownCare:
    """Implements `Relationships` on the service's own tables, for its role `<service>_app`.

    `monotonic` is a clock and `patience` a time in seconds; `clock` tells the time of day. Raises
    `StoreUnavailable`.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        monotonic: Callable[[], float],
        clock: Callable[[], datetime],
        patience: float = 2.0,
    ) -> None:
        self._pool = pool
        self._departed = KnownDepartures(pool, monotonic=monotonic, patience=patience)
        self._clock = clock
        self._patience = patience
        self._monotonic = monotonic
        self._treating: dict[tuple[UUID, ...], float] = {}
        self._there: dict[tuple[UUID, ...], float] = {}

    async def treats(self, tenant_id: UUID, therapist_id: UUID, patient_id: UUID) -> bool:
        """Only a yes is remembered: a relationship that began a moment ago must be seen."""
        asked = (tenant_id, therapist_id, patient_id)
        now = self._monotonic()
        if self._treating.get(asked, 0.0) > now:
            return True
        treats = await self._row(_TREATS, *asked) is not None
        if treats:
            _remember(self._treating, asked, now + TRUSTED_FOR)
        return treats

    async def supervises(self, tenant_id: UUID, supervisor_id: UUID, patient_id: UUID) -> bool:
        """Asked for seldom, so nothing of it is remembered."""
        return await self._row(_SUPERVISES, tenant_id, supervisor_id, patient_id) is not None

    async def facilitates(self, tenant_id: UUID, therapist_id: UUID, group_id: UUID) -> bool:
        """Asked for seldom, so nothing of it is remembered."""
        return await self._row(_FACILITATES, tenant_id, therapist_id, group_id) is not None

    async def has_left(self, tenant_id: UUID, person_id: UUID) -> bool:
        return await self._departed.has_left(tenant_id, person_id)

    async def finishes(
        self,
        tenant_id: UUID,
        therapist_id: UUID,
        patient_id: UUID,
        occurred_at: datetime | None = None,
    ) -> bool:
        asked = (tenant_id, therapist_id, patient_id, self._clock(), occurred_at)
        return await self._row(_FINISHES, *asked) is not None

    async def erased(self, tenant_id: UUID, patient_id: UUID) -> bool:
        """Of every command this is asked, so for a while it is remembered of those who are not."""
        asked = (tenant_id, patient_id)
        now = self._monotonic()
        if self._there.get(asked, 0.0) > now:
            return False
        erased = await self._row(_ERASED, *asked) is not None
        if not erased:
            _remember(self._there, asked, now + TRUSTED_FOR)
        return erased

    async def patient(self, tenant_id: UUID, patient_id: UUID) -> KnownPatient | None:
        row = await self._row(_PATIENT, tenant_id, patient_id)
        if row is None:
            return None
        zone, locale = row["zone"], row["locale"]
        return KnownPatient(patient_id=row["person_id"], zone=zone, locale=locale)

    async def session(self, tenant_id: UUID, session_id: UUID) -> KnownSession | None:
        return _known(await self._row(_SESSION, tenant_id, session_id))

    async def next_session(
        self, tenant_id: UUID, patient_id: UUID, therapist_id: UUID, after: datetime
    ) -> KnownSession | None:
        row = await self._row(_NEXT_SESSION, tenant_id, patient_id, therapist_id, after)
        return _known(row)

    async def _row(self, question: str, tenant_id: UUID, *arguments: Any) -> asyncpg.Record | None:
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                return await connection.fetchrow(question, tenant_id, *arguments)
        except UNREACHABLE as error:
            raise StoreUnavailable from error


def _remember(
    remembered: dict[tuple[UUID, ...], float], asked: tuple[UUID, ...], until: float
) -> None:
    if len(remembered) >= _MOST_REMEMBERED:
        remembered.clear()
    remembered[asked] = until


def _known(row: asyncpg.Record | None) -> KnownSession | None:
    if row is None:
        return None
    return KnownSession(
        session_id=row["session_id"],
        patient_id=row["patient_id"],
        therapist_id=row["therapist_id"],
        starts_at=row["starts_at"],
        zone=row["zone"],
        held=row["status"] in {"started", "ended"},
        off=row["status"] in {"cancelled", "no_show"},
    )
