"""The desk: the one way by which a request becomes recorded facts and an answer.

A warm command is one round trip: it is decided on the state that this process remembers, and the
store's compare-and-set says whether that was still true. Only facts can be said that way. Whatever
else a remembered state leads to (a rejection, nothing, a stale If-Match) is first decided again on
what the store says, and a key that is known there wins over everything.
"""

from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.cache import Place, Seen, States, Turns
from libs.eventstore.calling import Answer, Call, replayed, skeleton
from libs.eventstore.consistency import encode
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.errors import InFlight, KeyReusedElsewhere, NoSuchStream, StaleVersion
from libs.eventstore.recorded import Recorded, stream_name
from libs.eventstore.recording import Recording
from libs.eventstore.repeating import Repeating, tells_something_new
from libs.eventstore.store import (
    AnsweredBefore,
    Append,
    Appended,
    EventStore,
    KeyReused,
    Outcome,
    OutcomeUnknown,
    Remembered,
    StoreUnavailable,
    WrongVersion,
)
from libs.privacy.sealing import KeyringUnavailable, Sealer
from libs.tracing.spans import begun

__all__ = ["Answer", "Call", "Desk"]

_TRIES = 5
"""How often a request without If-Match is decided again when others append in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft(Generic[State]):
    """What would be appended, the state after it, and what would be answered."""

    append: Append
    after: Seen[State]
    answer: Answer


class Desk(Generic[Command, State, Event]):
    """`capacity` is how many streams are remembered. Raises `Rejected` and what
    `libs.eventstore.errors` draws, and what `Call.permit` raises.
    """

    def __init__(
        self,
        aggregate: Aggregate[Command, State, Event],
        store: EventStore,
        sealer: Sealer,
        *,
        chain_key: bytes,
        new_id: Callable[[], UUID],
        capacity: int = 10_000,
    ) -> None:
        self._aggregate = aggregate
        self._store = store
        self._recording = Recording(aggregate, sealer, chain_key=chain_key, new_id=new_id)
        self._repeating = Repeating(aggregate, sealer)
        self._states: States[State] = States(capacity)
        self._turns = Turns()
        self._nothing = Seen(
            state=aggregate.decider.initial, version=0, chain=b"", recorded_at=None
        )

    async def handle(self, call: Call[Command, State]) -> Answer:
        place = self._place(call.tenant_id, call.stream_uuid)
        async with self._turns.at(place):
            seen = self._states.get(place)
            if seen is None and not call.creates:
                return await self._on_record(call, place)
            answer = await self._on_memory(call, place, seen or self._nothing)
            return answer or await self._on_record(call, place)

    async def react(self, call: Call[Command, State], connection: Any) -> Answer:
        """Inside somebody else's open transaction. Nothing is remembered, for it may roll back."""
        desk = copy(self)
        desk._store = self._store.within(connection)  # noqa: SLF001 - this very desk's twin
        desk._states = States(0)  # noqa: SLF001 - as above
        return await desk._on_record(call, self._place(call.tenant_id, call.stream_uuid))  # noqa: SLF001 - as above

    @property
    def aggregate(self) -> Aggregate[Command, State, Event]:
        return self._aggregate

    def glimpse(self, tenant_id: UUID, uuid: UUID) -> State | None:
        """As this process remembers it, perhaps older than the store: for what never changes."""
        seen = self._states.get(self._place(tenant_id, uuid))
        return None if seen is None else seen.state

    async def state(self, tenant_id: UUID, uuid: UUID) -> tuple[State, int] | None:
        """As of now in the store, whatever is remembered here."""
        place = self._place(tenant_id, uuid)
        seen = self._states.get(place) or self._nothing
        tail = await self._store.read(*place, after=seen.version)
        seen = self._folded(place, seen, tail)
        return (seen.state, seen.version) if seen.version else None

    async def history(
        self,
        tenant_id: UUID,
        uuid: UUID,
        permit: Callable[[State], Awaitable[object]] | None = None,
    ) -> Sequence[tuple[Recorded, Event]]:
        """`permit` is asked about the state as of now, the initial one where there is nothing; what
        it raises comes before more is read than is new to this process.
        """
        place = self._place(tenant_id, uuid)
        known = (self._states.get(place) if permit else None) or self._nothing
        recorded = await self._store.read(*place, after=known.version)
        if permit is not None:
            await permit(self._folded(place, known, recorded).state)
        if known.version:
            recorded = await self._store.read(*place)
        return [(one, self._event(one)) for one in recorded]

    async def has_answered(self, call: Call[Command, State]) -> bool:
        """Whether this request was answered before, under its key."""
        place = self._place(call.tenant_id, call.stream_uuid)
        settled = await self._store.settle(*place, after=0, scope=call.scope, key=call.key)
        return settled.remembered is not None

    def forget(self, subject_id: UUID) -> None:
        """For a subject whose keys were destroyed."""
        self._states.forget(lambda state: self._aggregate.subject(state) == subject_id)

    async def _on_memory(
        self, call: Call[Command, State], place: Place, seen: Seen[State]
    ) -> Answer | None:
        """None: not to be answered from memory."""
        try:
            draft = await self._draft(call, place, seen)
        except KeyringUnavailable:
            raise
        except Exception:  # noqa: BLE001 - decided again on record, and raised there if it stands
            return None
        if not draft.append.events:
            return None
        submitted = await self._submit(call, place, draft)
        return submitted if isinstance(submitted, Answer) else None

    async def _on_record(self, call: Call[Command, State], place: Place) -> Answer:
        for _ in range(_TRIES):
            seen = self._states.get(place) or self._nothing
            settled = await self._store.settle(
                *place, after=seen.version, scope=call.scope, key=call.key
            )
            if settled.remembered is not None:
                return _remembered(settled.remembered, call.fingerprint)
            seen = self._folded(place, seen, settled.tail)
            if seen.version == 0 and not call.creates:
                raise NoSuchStream
            draft = await self._draft(call, place, seen)
            if draft.answer.already_so and tells_something_new(call):
                await self._repeating.must_agree(call, await self._store.read(*place))
            submitted = await self._submit(call, place, draft)
            if isinstance(submitted, Answer):
                return submitted
        raise InFlight

    async def _draft(
        self, call: Call[Command, State], place: Place, seen: Seen[State]
    ) -> _Draft[State]:
        if call.permit is not None:
            await call.permit(seen.state)
        if call.expected is not None and call.expected != seen.version:
            raise StaleVersion(seen.version)
        decider = self._aggregate.decider
        facts = decider.decide(call.command, seen.state)
        state = decider.fold(facts, onto=seen.state)
        events = await self._recording.record(call, seen, facts, self._aggregate.subject(state))
        after = _after(seen, state, events)
        answer = Answer(
            id=call.thing_id,
            version=after.version,
            reached=encode([(place[1], after.version)]),
            notices=tuple(decider.advise(call.command, state)),
            already_so=not events,
        )
        return _Draft(append=_append(call, place, seen, events, answer), after=after, answer=answer)

    async def _submit(
        self, call: Call[Command, State], place: Place, draft: _Draft[State]
    ) -> Answer | WrongVersion:
        """`WrongVersion`: somebody was faster, and the request may be decided again."""
        if not draft.append.events and draft.append.remember is None:
            return draft.answer
        outcome = await self._outcome(place, draft.append)
        match outcome:
            case Appended():
                self._states.put(place, draft.after)
                return draft.answer
            case AnsweredBefore(answer):
                return replayed(answer)
            case KeyReused():
                raise KeyReusedElsewhere
            case WrongVersion(actual):
                if actual < draft.append.expected:
                    self._states.drop(place)  # the store was put back to an earlier day
                # An actual version that is the expected one asks to look again, no more.
                if call.expected is not None and actual != call.expected:
                    raise StaleVersion(actual)
                return outcome

    async def _outcome(self, place: Place, append: Append) -> Outcome:
        try:
            with begun(f"append {self._aggregate.category}", "internal"):
                (outcome,) = await self._store.append([append])
        except OutcomeUnknown as unknown:
            self._states.drop(place)
            return await self._settled(place, append, unknown)
        return outcome

    async def _settled(self, place: Place, append: Append, unknown: OutcomeUnknown) -> Outcome:
        """By the key, never by appending again: the lost transaction may yet commit."""
        key = append.remember
        if key is None:
            raise unknown
        try:
            settled = await self._store.settle(
                *place, after=append.expected, scope=key.scope, key=key.key
            )
        except StoreUnavailable:
            raise unknown from None
        if settled.remembered is None:
            raise unknown
        same = settled.remembered.fingerprint == key.fingerprint
        return AnsweredBefore(settled.remembered.answer) if same else KeyReused()

    def _folded(self, place: Place, seen: Seen[State], tail: Sequence[Recorded]) -> Seen[State]:
        if not tail:
            return seen
        state = self._aggregate.decider.fold(map(self._event, tail), onto=seen.state)
        after = _after(seen, state, tail)
        self._states.put(place, after)
        return after

    def _event(self, recorded: Recorded) -> Event:
        return self._aggregate.wire.from_wire(recorded.type, recorded.data, recorded.event_id)

    def _place(self, tenant_id: UUID, uuid: UUID) -> Place:
        return tenant_id, stream_name(self._aggregate.category, uuid)


def _after(seen: Seen[State], state: State, events: Sequence[Recorded]) -> Seen[State]:
    if not events:
        return seen
    last = events[-1]
    return Seen(state=state, version=last.version, chain=last.chain, recorded_at=last.recorded_at)


def _append(
    call: Call[Command, State],
    place: Place,
    seen: Seen[State],
    events: Sequence[Recorded],
    answer: Answer,
) -> Append:
    tenant_id, stream_id = place
    remember = None
    if call.key is not None:
        remember = Remembered(
            scope=call.scope,
            key=call.key,
            fingerprint=call.fingerprint,
            answer=skeleton(answer),
        )
    return Append(
        tenant_id=tenant_id,
        stream_id=stream_id,
        expected=seen.version,
        events=events,
        remember=remember,
    )


def _remembered(known: Remembered, fingerprint: bytes) -> Answer:
    if known.fingerprint != fingerprint:
        raise KeyReusedElsewhere
    return replayed(known.answer)
