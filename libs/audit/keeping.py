"""Records are kept before anybody is answered; those that wait are written together.

AuditUnavailable
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog

from libs.audit.looks import Look, Looks, Place
from libs.audit.record import Kept, Record, link
from libs.eventstore.pool import Pool, borrowed

log = structlog.get_logger()

_COLUMNS = 17


class AuditUnavailable(Exception):  # noqa: N818 - an answer
    """It could not be written down, so nothing may be told."""


class Audit(Protocol):
    def note(self, record: Record) -> "asyncio.Future[None]":
        """Done once it is kept; raises `AuditUnavailable`."""

    async def looks(
        self, tenant_id: UUID, patient_id: UUID, *, before: Place | None, most: int
    ) -> Sequence[Look]:
        """By others than the patient, the newest first. Raises `StoreUnavailable`."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: Record
    at: datetime
    kept: "asyncio.Future[None]"


class AuditLog:
    """Of one process, in the audit schema of its service. `most` bounds how many are written
    together; `patience` is how many seconds one waits for a connection.

    It never waits for company. After a failure nobody knows what was written, so what comes next
    begins a chain of its own; one that was broken off is whole as far as it goes.
    """

    def __init__(
        self,
        pool: Pool,
        service: str,
        *,
        key: bytes,
        host: str,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        most: int = 256,
        patience: float = 2.0,
    ) -> None:
        self._pool = pool
        self._key = key
        self._host = host
        self._clock = clock
        self._new_id = new_id
        self._most = most
        self._patience = patience
        self._looks = Looks(pool, service, patience=patience)
        places = ", ".join(f"${n}" for n in range(1, _COLUMNS + 1))
        self._statement = f"SELECT {service}_audit.write_records({places})"
        self._queue: deque[_Waiting] = deque()
        self._draining: asyncio.Task[None] | None = None
        self._begin_anew()

    def note(self, record: Record) -> "asyncio.Future[None]":
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(record, self._clock(), kept))
        if self._draining is None:
            # A task of its own: whoever asked may be cancelled, the others' records may not.
            self._draining = asyncio.create_task(self._drain())
        return kept

    async def looks(
        self, tenant_id: UUID, patient_id: UUID, *, before: Place | None, most: int
    ) -> Sequence[Look]:
        return await self._looks.of(tenant_id, patient_id, before=before, most=most)

    def _begin_anew(self) -> None:
        self._writer, self._number, self._link = self._new_id(), 0, b""

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._keep(
                    [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
                )
        finally:
            self._draining = None

    async def _keep(self, group: Sequence[_Waiting]) -> None:
        try:
            chained = self._chained(group)
            async with borrowed(self._pool, self._patience) as connection:
                await connection.execute(self._statement, *_arguments(chained))
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must hear of it
            log.warning("audit-unavailable", error=type(error).__name__, records=len(group))
            self._begin_anew()
            for each in group:
                if not each.kept.done():
                    each.kept.set_exception(AuditUnavailable())
            return
        self._number, self._link = chained[-1].number, chained[-1].link
        for each in group:
            if not each.kept.done():  # whoever has gone away has looked all the same
                each.kept.set_result(None)

    def _chained(self, group: Sequence[_Waiting]) -> Sequence[Kept]:
        previous, chained = self._link, []
        for number, each in enumerate(group, self._number + 1):
            one = Kept(
                writer=self._writer,
                number=number,
                recorded_at=each.at,
                host=self._host,
                record=each.record,
            )
            previous = link(self._key, previous, one)
            chained.append(replace(one, link=previous))
        return chained


def _arguments(chained: Sequence[Kept]) -> Sequence[Any]:
    columns = zip(*map(_columns, chained), strict=True)
    return [chained[0].writer, chained[0].host, *map(list, columns)]


def _columns(kept: Kept) -> tuple[Any, ...]:
    """In the order of `write_records`, which takes lists of lists as text."""
    told = kept.record
    return (
        kept.number,
        kept.recorded_at,
        told.tenant_id,
        told.person_id,
        told.role,
        told.on_behalf_of,
        told.verb,
        told.action,
        told.thing_id,
        f"{{{','.join(map(str, told.patients))}}}",
        f"{{{','.join(told.reasons)}}}",
        told.outcome,
        told.client,
        told.correlation_id,
        kept.link,
    )
