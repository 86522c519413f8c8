"""Answers whether somebody has left the clinic, from what is kept of care's facts."""

from collections.abc import Callable
from typing import Literal, Protocol
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.store import StoreUnavailable

TRUSTED_FOR = 5.0
"""Seconds for which a process may remember that somebody is here, or is not."""

_MOST_REMEMBERED = 10_000

_LEFT = """
SELECT FROM {table}
WHERE tenant_id = $1 AND person_id = $2 AND left_at IS NOT NULL AND returned_at IS NULL
"""


class Departed(Protocol):
    async def has_left(self, tenant_id: UUID, person_id: UUID) -> bool:
        """True for staff and programs that were said to have left, until they return."""


class KnownDepartures:
    """Reads `table`. `monotonic` is a clock and `patience` a time in seconds. Raises
    `StoreUnavailable`: who cannot be asked about is not let in.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        table: Literal["known_departures", "departures"] = "known_departures",
        monotonic: Callable[[], float],
        patience: float = 2.0,
    ) -> None:
        self._pool = pool
        self._question = _LEFT.format(table=table)
        self._monotonic = monotonic
        self._patience = patience
        self._remembered: dict[tuple[UUID, UUID], tuple[float, bool]] = {}

    async def has_left(self, tenant_id: UUID, person_id: UUID) -> bool:
        asked, now = (tenant_id, person_id), self._monotonic()
        until, left = self._remembered.get(asked, (0.0, False))
        if until <= now:
            left = await self._asked(tenant_id, person_id)
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[asked] = now + TRUSTED_FOR, left
        return left

    async def _asked(self, tenant_id: UUID, person_id: UUID) -> bool:
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                row = await connection.fetchrow(self._question, tenant_id, person_id)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return row is not None
