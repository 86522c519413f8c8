"""From decided facts to what is stored: named, sealed, enveloped and chained."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic
from uuid import UUID

import orjson

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.cache import Seen
from libs.eventstore.calling import Call
from libs.eventstore.chain import link
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.errors import UnsealedText
from libs.eventstore.recorded import Recorded, stream_name
from libs.privacy.sealing import Sealer
from libs.vocabulary.changing import changed


class Recording(Generic[Command, State, Event]):
    def __init__(
        self,
        aggregate: Aggregate[Command, State, Event],
        sealer: Sealer,
        *,
        chain_key: bytes,
        new_id: Callable[[], UUID],
    ) -> None:
        self._aggregate = aggregate
        self._sealer = sealer
        self._chain_key = chain_key
        self._new_id = new_id

    async def record(
        self,
        call: Call[Command, State],
        seen: Seen[State],
        facts: Sequence[Event],
        subject: UUID | None,
    ) -> Sequence[Recorded]:
        """`subject` is whose keys seal the text and whose fact it is."""
        recorded_at = _never_before(seen.recorded_at, call.now)
        chain, history = seen.chain, []
        for version, fact in enumerate(facts, seen.version + 1):
            one = await self._one(call, fact, version, subject, recorded_at)
            chain = link(self._chain_key, chain, one)
            history.append(changed(one, chain=chain))
        return history

    async def _one(
        self,
        call: Call[Command, State],
        fact: Event,
        version: int,
        subject: UUID | None,
        recorded_at: datetime,
    ) -> Recorded:
        event_id = self._new_id()
        name, data = await self._sealed(call.tenant_id, event_id, fact, subject)
        return Recorded(
            event_id=event_id,
            stream_id=stream_name(self._aggregate.category, call.stream_uuid),
            version=version,
            type=name,
            tenant_id=call.tenant_id,
            subject_id=subject,
            actor_id=call.actor.person_id,
            actor_role=call.actor.role,
            on_behalf_of=call.actor.on_behalf_of,
            correlation_id=call.correlation_id,
            causation_id=call.causation_id,
            traceparent=call.traceparent,
            occurred_at=call.happened_at.astimezone(UTC),
            zone=call.zone,
            recorded_at=recorded_at,
            data=data,
            chain=b"",
        )

    async def _sealed(
        self, tenant_id: UUID, event_id: UUID, fact: Event, subject: UUID | None
    ) -> tuple[str, bytes]:
        wire = self._aggregate.wire
        name, content = wire.to_wire(fact)
        paths = wire.private(name)
        if paths:
            if subject is None:
                raise UnsealedText(name)
            await self._sealer.seal(
                content,
                paths,
                tenant_id=tenant_id,
                subject_id=subject,
                event_id=event_id,
                key_class=wire.key_class(fact),
            )
        return name, orjson.dumps(content)


def _never_before(last: datetime | None, now: datetime) -> datetime:
    # Clocks of two machines differ; a stream's own order does not.
    return now.astimezone(UTC) if last is None else max(now.astimezone(UTC), last)
