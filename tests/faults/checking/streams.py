"""I4: every stream is whole, from its first version on, and its store knows where it ends."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from libs.eventstore.chain import fits
from libs.eventstore.recorded import Recorded
from tests.faults.checking.anomaly import Anomaly, anomaly
from tests.faults.observed import Observed, Stored, Stream

Histories = Mapping[tuple[str, Stream], Sequence[Stored]]


def anomalies(observed: Observed) -> Iterator[Anomaly]:
    histories = _histories(observed.stored)
    for (service, _), history in histories.items():
        yield from _gaps(history)
        yield from _broken(history, observed.chain_keys[service])
        yield from _went_back(history)
    yield from _heads(observed, histories)


def _histories(stored: Sequence[Stored]) -> Histories:
    """In the order in which the store drew their positions."""
    found: dict[tuple[str, Stream], list[Stored]] = defaultdict(list)
    for each in sorted(stored, key=lambda each: each.position):
        found[each.service, each.stream].append(each)
    return found


def _gaps(history: Sequence[Stored]) -> Iterator[Anomaly]:
    for version, each in enumerate(history, 1):
        if each.version != version:
            yield anomaly("gap", each.service, each.stream_id, f"{each.version} at {version}")
            return


def _broken(history: Sequence[Stored], key: bytes) -> Iterator[Anomaly]:
    """The first link that does not fit: what follows it cannot either."""
    previous = b""
    for each in history:
        recorded = _recorded(each)
        if not fits(key, previous, recorded):
            yield anomaly("chain-broken", each.service, each.stream_id, each.version)
            return
        previous = recorded.chain


def _went_back(history: Sequence[Stored]) -> Iterator[Anomaly]:
    for earlier, later in pairwise(history):
        if later.recorded_at < earlier.recorded_at:
            yield anomaly("time-went-back", later.service, later.stream_id, later.version)
            return


def _heads(observed: Observed, histories: Histories) -> Iterator[Anomaly]:
    ends = {place: (each[-1].version, each[-1].chain) for place, each in histories.items()}
    heads = {
        (service, stream): head
        for service, streams in observed.heads.items()
        for stream, head in streams.items()
    }
    for service, stream in ends.keys() | heads.keys():
        if ends.get((service, stream)) != heads.get((service, stream)):
            yield anomaly("head-differs", service, stream[1])


def _recorded(stored: Stored) -> Recorded:
    return Recorded(
        event_id=UUID(stored.event_id),
        stream_id=stored.stream_id,
        version=stored.version,
        type=stored.type,
        tenant_id=UUID(stored.tenant_id),
        subject_id=_uuid(stored.subject_id),
        actor_id=UUID(stored.actor_id),
        actor_role=stored.actor_role,
        on_behalf_of=_uuid(stored.on_behalf_of),
        correlation_id=UUID(stored.correlation_id),
        causation_id=_uuid(stored.causation_id),
        traceparent=stored.traceparent,
        occurred_at=stored.occurred_at,
        zone=stored.zone,
        recorded_at=stored.recorded_at,
        data=stored.data,
        chain=bytes.fromhex(stored.chain),
    )


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
