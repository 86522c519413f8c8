"""Bugs that others had, one at a time, for the machine to find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID
from zlib import crc32

from libs.eventstore.cache import Place, Seen
from libs.eventstore.calling import Answer
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.progress import Head
from libs.eventstore.recorded import Recorded
from libs.eventstore.store import Append, Appended, Outcome, Remembered, Settled
from libs.eventstore.wire import Json, Wire
from libs.messaging.broker import Delivery
from libs.messaging.envelope import from_delivery
from tests.unit.eventstore.a_client import PracticeCall, PracticeDesk
from tests.unit.eventstore.a_world import PARTITIONS, Died, Log, Reading, Relay, Standing, Store
from tests.unit.eventstore.practising import IN_MINUTES, IN_QUARTERS, NAMES, Event, State, after


class Sound:
    """The parts as they are."""

    desk: type[PracticeDesk] = Desk
    store: type[Store] = Store
    log: type[Log] = Log
    relay: type[Relay] = Relay
    reading: type[Reading] = Reading
    upgraded: Wire[Event] = after


# --- At the desk and in the store. ---


class _AnswersFromMemory(PracticeDesk):
    """A rejection is given from what this process remembers, without a look at the key."""

    async def _on_memory(
        self, call: PracticeCall, place: Place, seen: Seen[State]
    ) -> Answer | None:
        try:
            self._aggregate.decider.decide(call.command, seen.state)
        except Rejected:
            if seen.version:
                raise
        return await super()._on_memory(call, place, seen)


class _KnowsNoKeys(Store):
    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        return await super().append([replace(each, remember=None) for each in batch])

    async def settle(
        self, tenant_id: UUID, stream_id: str, *, after: int, scope: str, key: str | None
    ) -> Settled:
        settled = await super().settle(tenant_id, stream_id, after=after, scope=scope, key=key)
        return replace(settled, remembered=None)


class _KeepsKeysApart(Store):
    """In a transaction of their own, and so before or after the facts."""

    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        known = [await self._known(each) for each in batch]
        if any(known):
            return await super().append(batch)
        self._before(batch)
        outcomes = await super().append([replace(each, remember=None) for each in batch])
        self._after(batch, outcomes)
        return outcomes

    async def _known(self, append: Append) -> Remembered | None:
        asked = append.remember
        if asked is None:
            return None
        place = append.tenant_id, append.stream_id
        settled = await self.settle(*place, after=0, scope=asked.scope, key=asked.key)
        return settled.remembered

    def _before(self, batch: Sequence[Append]) -> None: ...

    def _after(self, batch: Sequence[Append], outcomes: Sequence[Outcome]) -> None: ...

    def _remember(self, append: Append) -> None:
        if append.remember is not None:
            place = append.tenant_id, append.remember.scope, append.remember.key
            self.within_reach._answers[place] = append.remember


class _RemembersFirst(_KeepsKeysApart):
    def _before(self, batch: Sequence[Append]) -> None:
        for each in batch:
            self._remember(each)


class _RemembersLast(_KeepsKeysApart):
    def _after(self, batch: Sequence[Append], outcomes: Sequence[Outcome]) -> None:
        for each, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Appended):
                self._remember(each)


class _AnswersBeforeItCommits(Store):
    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        try:
            return await super().append(batch)
        except Died:
            return [Appended(each.expected + len(each.events)) for each in batch]


class _ComparesNoVersions(Store):
    async def append(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        return await super().append([await self._at_the_end(each) for each in batch])

    async def _at_the_end(self, append: Append) -> Append:
        return replace(append, expected=len(await self.read(append.tenant_id, append.stream_id)))


# --- On the way. ---


class _DeletesFirst(Relay):
    def send(self, most: int) -> None:
        batch = self.store.outbox[:most]
        self.forget(batch)
        self.death.at("after publish, before outbox delete")
        self.publish(batch)


class _ByEvent(Log):
    """The partition follows from the event, and a stream is scattered."""

    def partition_of(self, recorded: Recorded) -> int:
        return crc32(recorded.event_id.bytes) % PARTITIONS


# --- Where it is read. ---


@dataclass
class _CommitsFirst(Reading):
    def take(self, number: int, deliveries: Sequence[Delivery], *, fails: bool) -> None:
        self.standing.next[number] = max(
            [self.standing.next[number], *(each.offset + 1 for each in deliveries)]
        )
        super().take(number, deliveries, fails=fails)


class _CountsRepeats(Reading):
    def apply(self, standing: Standing, deliveries: Sequence[Delivery], *, fails: bool) -> None:
        super().apply(standing, deliveries, fails=fails)
        for each in deliveries:
            recorded = from_delivery(each)
            head = standing.heads.get((recorded.tenant_id, recorded.stream_id), Head())
            if recorded.version < head.version:
                self.project(standing, recorded)


class _SkipsPoison(Reading):
    def apply(self, standing: Standing, deliveries: Sequence[Delivery], *, fails: bool) -> None:
        super().apply(standing, deliveries, fails=fails)
        standing.parked = []


def _quarters_for_minutes(v1: Json) -> Json:
    return {"minutes": v1["quarters"]}


_TAKEN_FOR_MINUTES = {IN_QUARTERS: (IN_MINUTES, _quarters_for_minutes)}


def _with(**parts: object) -> type[Sound]:
    return type("Planted", (Sound,), parts)


PLANTED: Mapping[str, type[Sound]] = {
    "a rejection from memory": _with(desk=_AnswersFromMemory),
    "no idempotency": _with(store=_KnowsNoKeys),
    "the key before the facts": _with(store=_RemembersFirst),
    "the key after the facts": _with(store=_RemembersLast),
    "an answer before the commit": _with(store=_AnswersBeforeItCommits),
    "no expected version": _with(store=_ComparesNoVersions),
    "deleted before acknowledged": _with(relay=_DeletesFirst),
    "partitioned by event": _with(log=_ByEvent),
    "the place before the rows": _with(reading=_CommitsFirst),
    "repeats counted": _with(reading=_CountsRepeats),
    "poison skipped": _with(reading=_SkipsPoison),
    "a wrong upcast": _with(upgraded=Wire(NAMES, _TAKEN_FOR_MINUTES)),
}
