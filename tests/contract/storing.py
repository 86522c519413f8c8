"""Adds golden records of every version that has none yet: `python -m tests.contract.storing`.

Recorded by the very code that records in production, from the services' examples. What is there
already is not touched: it was made by the code of its day.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from deploy.contracts.catalogue import WRITERS, aggregates
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.cache import Seen
from libs.eventstore.calling import Call
from libs.eventstore.reacting import system_actor
from libs.eventstore.recorded import Recorded
from libs.eventstore.recording import Recording
from libs.messaging.envelope import topic_of
from libs.privacy.sealer import KeyringSealer
from libs.testing.cast import CLINIC, FOR_MASHA, NOW, THERAPIST
from services.assignment.played import histories
from services.assignment.wire import assignments
from tests.contract import stored

_ACTORS = {"entry": FOR_MASHA, "notebook": system_actor("diary")}


def add() -> Sequence[str]:
    """The names that had no record; the whole stream of an aggregate is told for each."""
    there = {one.type for one in stored.records()} if stored.GOLDEN.exists() else set()
    added: list[str] = []
    with stored.GOLDEN.open("ab") as golden:
        for number, (service, aggregate, facts) in enumerate(_told(), start=len(there)):
            new = {aggregate.wire.names[type(fact)] for fact in facts} - there
            if new:
                told = asyncio.run(_recorded(service, aggregate, facts, number=number))
                golden.writelines(stored.lines(told, topic_of(service)))
                added += sorted(new)
    return added


def _told() -> Iterator[tuple[str, Aggregate[Any, Any, Any], Sequence[Any]]]:
    for service in WRITERS:
        examples = import_module(f"services.{service}.examples")
        for aggregate in aggregates(service):
            if aggregate is assignments:
                for homework in histories(examples.REQUESTS):
                    yield service, aggregate, homework
            else:
                facts = [fact for fact in examples.FACTS if type(fact) in aggregate.wire.names]
                yield service, aggregate, facts


async def _recorded(
    service: str, aggregate: Aggregate[Any, Any, Any], facts: Sequence[Any], *, number: int
) -> Sequence[Recorded]:
    stream = uuid5(NAMESPACE_URL, f"interlude:golden:{aggregate.category}:{number}")
    ids = (uuid5(stream, str(version)) for version in range(len(facts)))
    decider = aggregate.decider
    sealer = KeyringSealer(stored.GoldenKeyring(), chance=os.urandom, monotonic=lambda: 0.0)
    recording = Recording(
        aggregate, sealer, chain_key=stored.chain_key(service), new_id=lambda: next(ids)
    )
    return await recording.record(
        _call(aggregate.category, stream),
        Seen(state=decider.initial, version=0, chain=b"", recorded_at=None),
        facts,
        aggregate.subject(decider.fold(facts)),
    )


def _call(category: str, stream: UUID) -> Call[Any, Any]:
    actor = _ACTORS.get(category, THERAPIST)
    return Call(
        tenant_id=CLINIC,
        stream_uuid=stream,
        command=None,
        actor=actor,
        operation="golden",
        happened_at=NOW,
        zone="Europe/London",
        now=NOW + timedelta(seconds=1),
        thing_id=stream,
        key=None,
        fingerprint=b"",
        correlation_id=uuid5(stream, "correlation"),
        causation_id=uuid5(stream, "cause") if actor.role == "system" else None,
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


if __name__ == "__main__":
    for name in add() or ["Every version has its records."]:
        print(name)  # noqa: T201 - this is what somebody waits for at the terminal
