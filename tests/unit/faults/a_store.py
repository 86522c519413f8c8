"""Facts as a store holds them, for looking at without one."""

from collections.abc import Iterable, Iterator

from libs.eventstore.recorded import Recorded
from tests.faults.observed import Stored


def stored(recorded: Recorded, position: int) -> Stored:
    return Stored(
        service=recorded.type.split(".")[1],
        position=position,
        event_id=str(recorded.event_id),
        tenant_id=str(recorded.tenant_id),
        stream_id=recorded.stream_id,
        version=recorded.version,
        type=recorded.type,
        subject_id=_text(recorded.subject_id),
        key=recorded.key,
        actor_id=str(recorded.actor_id),
        actor_role=recorded.actor_role,
        on_behalf_of=_text(recorded.on_behalf_of),
        correlation_id=str(recorded.correlation_id),
        causation_id=_text(recorded.causation_id),
        traceparent=recorded.traceparent,
        occurred_at=recorded.occurred_at,
        zone=recorded.zone,
        recorded_at=recorded.recorded_at,
        data=recorded.data,
        chain=recorded.chain.hex(),
    )


def all_stored(streams: Iterable[Iterable[Recorded]]) -> Iterator[Stored]:
    """One stream after the other."""
    told = (recorded for stream in streams for recorded in stream)
    return (stored(recorded, position) for position, recorded in enumerate(told, 1))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
