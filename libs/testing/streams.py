"""Recorded streams for tests of readers: facts with their envelopes, each chained to the last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from libs.eventstore.chain import link
from libs.eventstore.recorded import Recorded, stream_name
from libs.testing.cast import ANNA, CLINIC, MASHA, NOW

CHAIN_KEY = bytes(range(32))
"""Of every service in these tests."""

Told = tuple[str, Mapping[str, Any]]
"""A published name and the fact's JSON."""


def stream(
    category: str,
    uuid: UUID,
    *facts: Told,
    subject: UUID | None = MASHA,
    tenant: UUID = CLINIC,
    at: datetime = NOW,
    key: bytes = CHAIN_KEY,
    traceparent: str = "",
) -> Sequence[Recorded]:
    """Versions 1, 2, …, a second apart; ids follow from the stream's."""
    chain, recorded = b"", []
    for version, (name, data) in enumerate(facts, 1):
        one = Recorded(
            event_id=uuid5(uuid, f"{tenant}/{category}/{version}"),
            stream_id=stream_name(category, uuid),
            version=version,
            type=name,
            tenant_id=tenant,
            subject_id=subject,
            actor_id=ANNA,
            actor_role="therapist",
            on_behalf_of=None,
            correlation_id=uuid5(uuid, f"correlation {version}"),
            causation_id=None,
            traceparent=traceparent,
            occurred_at=at + timedelta(seconds=version),
            zone="Europe/London",
            recorded_at=at + timedelta(seconds=version),
            data=orjson.dumps(data),
            chain=b"",
        )
        chain = link(key, chain, one)
        recorded.append(replace(one, chain=chain))
    return recorded
