"""Who looked at a patient's record, as the patient may see it: everybody but themselves, and nobody
who was refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.store import StoreUnavailable
from libs.vocabulary.moment import is_instant


class Place(NamedTuple):
    """Where a look stands among all of them, whoever wrote it down. `id` is the record's link: its
    number would say how much the process has written of others.
    """

    at: datetime
    id: UUID

    @property
    def cursor(self) -> str:
        at = self.at.astimezone(UTC).replace(tzinfo=None)
        return f"{at.isoformat(timespec='microseconds')}Z~{self.id}"

    @classmethod
    def of(cls, cursor: str) -> "Place":
        """Raises ValueError."""
        at, _, id_ = cursor.partition("~")
        place = cls(datetime.fromisoformat(at), UUID(id_))
        if not is_instant(place.at):
            raise ValueError("no instant")
        return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`on_behalf`: somebody told what was the patient's own act."""

    place: Place
    person_id: UUID
    role: str
    reason: str
    verb: str
    action: str
    on_behalf: bool


class Looks:
    def __init__(self, pool: Pool, service: str, *, patience: float) -> None:
        self._pool = pool
        self._patience = patience
        self._statement = f"""
            SELECT w.recorded_at, w.link, r.person_id, r.role, w.reason, r.verb, r.action,
              r.on_behalf_of IS NOT NULL AS on_behalf
            FROM {service}_audit.whose w JOIN {service}_audit.records r USING (writer, number)
            WHERE w.tenant_id = $1 AND w.patient_id = $2 AND w.reason <> 'self'
              AND ($3::timestamptz IS NULL OR (w.recorded_at, w.link) < ($3, $4::bytea))
            ORDER BY w.recorded_at DESC, w.link DESC LIMIT $5"""  # noqa: S608 - our own names

    async def of(
        self, tenant_id: UUID, patient_id: UUID, *, before: Place | None, most: int
    ) -> Sequence[Look]:
        place = (before.at, before.id.bytes) if before else (None, None)
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                rows = await connection.fetch(self._statement, tenant_id, patient_id, *place, most)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return [
            Look(
                place=Place(row["recorded_at"], UUID(bytes=row["link"])),
                person_id=row["person_id"],
                role=row["role"],
                reason=row["reason"],
                verb=row["verb"],
                action=row["action"],
                on_behalf=row["on_behalf"],
            )
            for row in rows
        ]
