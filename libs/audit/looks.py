"""Who looked at a patient's record, as the patient may see it: everybody but themselves, and nobody
who was refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.eventstore.pool import UNREACHABLE, Pool, within
from libs.eventstore.store import StoreUnavailable


class Place(NamedTuple):
    """Where a look stands among all of them, whoever wrote it down."""

    at: datetime
    writer: UUID
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
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
            SELECT w.recorded_at, w.writer, w.number, r.person_id, r.role, w.reason, r.verb,
              r.action, r.on_behalf_of IS NOT NULL AS on_behalf
            FROM {service}_audit.whose w JOIN {service}_audit.records r USING (writer, number)
            WHERE w.tenant_id = $1 AND w.patient_id = $2 AND w.reason <> 'self'
              AND ($3::timestamptz IS NULL
                OR (w.recorded_at, w.writer, w.number) < ($3, $4::uuid, $5::bigint))
            ORDER BY w.recorded_at DESC, w.writer DESC, w.number DESC LIMIT $6"""  # noqa: S608 - our own names

    async def of(
        self, tenant_id: UUID, patient_id: UUID, *, before: Place | None, most: int
    ) -> Sequence[Look]:
        place = before or (None, None, None)
        try:
            async with within(self._pool, tenant_id, self._patience) as connection:
                rows = await connection.fetch(self._statement, tenant_id, patient_id, *place, most)
        except UNREACHABLE as error:
            raise StoreUnavailable from error
        return [
            Look(
                place=Place(row["recorded_at"], row["writer"], row["number"]),
                person_id=row["person_id"],
                role=row["role"],
                reason=row["reason"],
                verb=row["verb"],
                action=row["action"],
                on_behalf=row["on_behalf"],
            )
            for row in rows
        ]
