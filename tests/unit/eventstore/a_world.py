"""A whole Interlude in memory, which dies where it is told to.

The desk, the store, the wire, the envelope and the reader's gate are the real ones; what PostgreSQL
and Kafka do around them is put in their places here, in a few lines that can be read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zlib import crc32

from libs.eventstore.cache import Place
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.parking import Place as Lying
from libs.eventstore.progress import Head, Stream
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import Append, Appended, Outcome, Settled
from libs.eventstore.taking import Batch, Reader
from libs.eventstore.wire import Wire
from libs.messaging.broker import Delivery, Partition
from libs.messaging.envelope import from_delivery, to_message
from tests.unit.eventstore.practising import Event, Practised

TOPIC = "interlude.test.events.v1"
CHAIN_KEY = b"chain:test"
PARTITIONS = 2


class Died(Exception):  # noqa: N818 - what happens to a process, not a mistake of it
    """The process is gone; nobody was answered."""


@dataclass
class Death:
    """The step at which the next process dies that comes by; None is a quiet day."""

    step: str | None = None
    came: bool = False

    def plan(self, step: str | None) -> None:
        self.step, self.came = step, False

    def at(self, step: str) -> None:
        if self.step == step:
            self.plan(None)
            self.came = True
            raise Died


@dataclass
class Store:
    """The in-memory store with an outbox, filled in the same transaction."""

    death: Death
    facts: list[Recorded] = field(default_factory=list)
    outbox: list[Recorded] = field(default_factory=list)
    within_reach: InMemoryEventStore = field(default_factory=InMemoryEventStore)

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        self.death.at("before append")
        outcomes = await self.within_reach.append(batch)
        for append, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Appended):
                self.recorded(append.events)
        self.death.at("after commit, before answer")
        return outcomes

    def recorded(self, events: Sequence[Recorded]) -> None:
        self.facts += events
        self.outbox += events

    async def read(self, tenant_id: UUID, stream_id: str, *, after: int = 0) -> Sequence[Recorded]:
        return await self.within_reach.read(tenant_id, stream_id, after=after)

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        return await self.within_reach.settle(
            tenant_id, stream_id, after=after, scope=scope, key=key
        )

    def within(self, _connection: Any) -> "Store":
        return self


@dataclass
class Log:
    """One topic. A record lies where its key says, for ever."""

    partitions: Mapping[int, list[Delivery]] = field(
        default_factory=lambda: {number: [] for number in range(PARTITIONS)}
    )

    def write(self, recorded: Recorded) -> None:
        message = to_message(recorded, TOPIC)
        key = message.key or b""
        number = self.partition_of(recorded)
        lying = self.partitions[number]
        lying.append(
            Delivery(
                partition=Partition(TOPIC, number),
                offset=len(lying),
                key=key,
                headers=tuple(message.headers),
                value=message.value,
            )
        )

    def partition_of(self, recorded: Recorded) -> int:
        return crc32(recorded.key.encode()) % PARTITIONS


@dataclass
class Relay:
    """Deletes from the outbox what was acknowledged, and nothing else."""

    death: Death
    store: Store
    log: Log

    def send(self, most: int) -> None:
        batch = self.store.outbox[:most]
        self.publish(batch)
        self.death.at("after publish, before outbox delete")
        self.forget(batch)

    def publish(self, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            self.log.write(recorded)

    def forget(self, batch: Sequence[Recorded]) -> None:
        self.store.outbox = [each for each in self.store.outbox if each not in batch]


@dataclass
class Standing:
    """What one transaction of a reader commits: places, versions applied, parked and rows."""

    next: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(PARTITIONS), 0))
    heads: dict[Stream, Head] = field(default_factory=dict)
    parked: list[Delivery] = field(default_factory=list)
    minutes: dict[Place, int] = field(default_factory=lambda: defaultdict(int))

    def copy(self) -> "Standing":
        return Standing(
            dict(self.next),
            dict(self.heads),
            list(self.parked),
            defaultdict(int, self.minutes),
        )


@dataclass
class Reading:
    """A reader with the real gate, before a read model of one number for each homework."""

    death: Death
    log: Log
    wire: Wire[Event]
    standing: Standing = field(default_factory=Standing)

    def read(
        self,
        number: int,
        most: int,
        *,
        since: int | None = None,
        swap: bool = False,
        fails: bool = False,
    ) -> None:
        """`since` is where the broker thinks that we stand, if it thinks otherwise. `fails`: the
        first that is new cannot be handled this time.
        """
        place = self.standing.next[number] if since is None else since
        deliveries = self.log.partitions[number][place : place + most]
        self.take(number, deliveries[::-1] if swap else deliveries, fails=fails)

    def take(self, number: int, deliveries: Sequence[Delivery], *, fails: bool) -> None:
        standing = self.standing.copy()
        end = max((each.offset + 1 for each in deliveries), default=0)
        standing.next[number] = max(standing.next[number], end)
        self.apply(standing, deliveries, fails=fails)
        self.death.at("after apply, before commit")
        self.standing = standing

    def apply(self, standing: Standing, deliveries: Sequence[Delivery], *, fails: bool) -> None:
        """What is parked is looked at again as long as that leads any further."""
        again = [*deliveries, *standing.parked]
        while again:
            batch = self._sifted(standing, again)
            failed = self._handle(standing, batch, fails=fails)
            parked = {*(each.place for each in batch.parked), *failed}
            lay = {(each.partition, each.offset): each for each in again}
            standing.parked = [each for place, each in lay.items() if place in parked]
            again = standing.parked if len(failed) < len(batch.fresh) and not fails else []

    def _handle(self, standing: Standing, batch: Batch, *, fails: bool) -> Sequence[Lying]:
        """What failed, and what comes behind it in its stream; all the rest is applied."""
        stopped: set[Stream] = set()
        failed = []
        for number, fresh in enumerate(batch.fresh):
            if fresh.stream in stopped or (fails and number == 0):
                stopped.add(fresh.stream)
                failed.append(fresh.place)
            else:
                self.project(standing, fresh.recorded)
                standing.heads[fresh.stream] = Head(fresh.recorded.version, fresh.recorded.chain)
        return failed

    def _sifted(self, standing: Standing, deliveries: Sequence[Delivery]) -> Batch:
        reader = Reader(name="machine", chain_keys={TOPIC: CHAIN_KEY})
        batch = Batch(reader=reader, tried={}, heads=dict(standing.heads))
        for each in deliveries:
            batch.sift((each.partition, each.offset), from_delivery(each))
        return batch

    def project(self, standing: Standing, recorded: Recorded) -> None:
        fact = self.wire.from_wire(recorded.type, recorded.data, recorded.event_id)
        if isinstance(fact, Practised):
            standing.minutes[recorded.tenant_id, recorded.stream_id] += fact.minutes
