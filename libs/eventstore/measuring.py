"""What appends cost, and how many travel together."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Histogram

from libs.eventstore.recorded import Recorded
from libs.eventstore.store import Append, EventStore, Outcome, Settled
from libs.eventstore.trouble import code_of

_SECONDS = Histogram(
    "interlude_append_seconds",
    "Time in which the database appends a group, its commit included.",
    ["service"],
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10),
)
_GROUP = Histogram(
    "interlude_append_group_commands",
    "Commands whose facts were appended together.",
    ["service"],
    buckets=(1, 2, 4, 8, 16, 32, 64),
)
_FAILURES = Counter(
    "interlude_append_failures_total",
    "Groups that the database did not append, or not surely.",
    ["service", "code"],
)


class Measured:
    """An event store around another, within the one that makes the groups."""

    def __init__(self, store: EventStore, *, service: str, monotonic: Callable[[], float]) -> None:
        self._store = store
        self._service = service
        self._monotonic = monotonic
        self._seconds = _SECONDS.labels(service)
        self._group = _GROUP.labels(service)

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        began = self._monotonic()
        try:
            outcomes = await self._store.append(batch)
        except Exception as error:
            _FAILURES.labels(self._service, code_of(error)).inc()
            raise
        self._seconds.observe(self._monotonic() - began)
        self._group.observe(len(batch))
        return outcomes

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        return await self._store.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        return await self._store.settle(tenant_id, stream_id, after=after, scope=scope, key=key)

    def within(self, connection: Any) -> "Measured":
        return Measured(
            self._store.within(connection), service=self._service, monotonic=self._monotonic
        )
