"""An audit without a database: what was written down, in its order."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from libs.audit.keeping import AuditUnavailable
from libs.audit.looks import Look, Place
from libs.audit.record import Record


class MemoryAudit:
    """`down` makes it unreachable. `told` are looks that it answers with, the newest first."""

    def __init__(self) -> None:
        self.down = False
        self.records: list[Record] = []
        self.told: list[Look] = []

    def note(self, record: Record) -> "asyncio.Future[None]":
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.down:
            kept.set_exception(AuditUnavailable())
        else:
            self.records.append(record)
            kept.set_result(None)
        return kept

    async def looks(
        self, tenant_id: UUID, patient_id: UUID, *, before: Place | None, most: int
    ) -> Sequence[Look]:
        del tenant_id, patient_id
        older = [each for each in self.told if before is None or each.place < before]
        return older[:most]
