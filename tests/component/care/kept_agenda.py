"""Which sessions care has heard of, for tests that run on a store in memory as well."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.care.agenda import Slot, Whose


@dataclass
class HeardOf:
    """The times of other sessions, whoever meets then."""

    others: list[tuple[datetime, datetime]] = field(default_factory=list)

    async def overlaps(self, _tenant_id: UUID, slots: Sequence[Slot], _whose: Whose) -> bool:
        return any(
            begins < each.starts_at + timedelta(minutes=each.duration_min) and ends > each.starts_at
            for begins, ends in self.others
            for each in slots
        )
