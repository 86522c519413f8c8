"""The event store for tests: the same answers as PostgreSQL's, kept in dictionaries."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.eventstore.cache import Place
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    KeyReused,
    Outcome,
    Remembered,
    Settled,
    WrongVersion,
    refuse_too_large,
)


class InMemoryEventStore:
    def __init__(self) -> None:
        self._streams: defaultdict[Place, list[Recorded]] = defaultdict(list)
        self._answers: dict[tuple[UUID, str, str], Remembered] = {}

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        refuse_too_large(batch)
        await asyncio.sleep(0)  # as a real store would: others run before this happens
        return [self._append(append) for append in batch]

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        await asyncio.sleep(0)
        return self._tail(tenant_id, stream_id, after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        await asyncio.sleep(0)
        remembered = None if key is None else self._answers.get((tenant_id, scope, key))
        return Settled(tail=self._tail(tenant_id, stream_id, after), remembered=remembered)

    def within(self, _connection: Any) -> "InMemoryEventStore":
        return self

    def _append(self, append: Append) -> Outcome:
        remember, stream = append.remember, self._streams[append.tenant_id, append.stream_id]
        if remember is not None:
            place = (append.tenant_id, remember.scope, remember.key)
            known = self._answers.get(place)
            if known is not None:
                same = known.fingerprint == remember.fingerprint
                return AnsweredBefore(known.answer) if same else KeyReused()
        if len(stream) != append.expected:
            return WrongVersion(len(stream))
        if remember is not None:
            self._answers[place] = remember
        stream.extend(append.events)
        return Appended(len(stream))

    def _tail(self, tenant_id: UUID, stream_id: str, after: int) -> Sequence[Recorded]:
        return list(self._streams.get((tenant_id, stream_id), [])[after:])
