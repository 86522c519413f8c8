"""What a projector tells everybody who waits: which streams came how far, and whom they are about.

Sent with NOTIFY after the commit: inside the transaction it would serialise every commit of the
server. One that is lost with its process is made up for by the next; who waits looks by itself
now and then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from libs.eventstore.recorded import Recorded

CHANNEL = "interlude_changes"

_STREAMS_AT_ONCE = 50
"""NOTIFY takes under 8,000 bytes: fifty times a stream's name, a number and a subject's id."""

_NOTIFY = text("""
SELECT pg_notify(:channel, told.payload) FROM unnest(CAST(:payloads AS text[])) AS told(payload)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Of one clinic. `streams` gives the version that each has reached."""

    tenant_id: UUID
    streams: Mapping[str, int]
    subjects: frozenset[UUID]


def announce(db: Connection, applied: Sequence[Recorded]) -> None:
    payloads = [payload(changes) for changes in changes_in(applied)]
    if payloads:
        db.execute(_NOTIFY, {"channel": CHANNEL, "payloads": payloads})


def changes_in(applied: Sequence[Recorded]) -> Iterator[Changes]:
    """In pieces that fit a notice; a stream's subjects stand beside it."""
    last = {(recorded.tenant_id, recorded.stream_id): recorded for recorded in applied}
    for tenant_id in dict.fromkeys(tenant for tenant, _ in last):
        own = [recorded for (tenant, _), recorded in last.items() if tenant == tenant_id]
        for start in range(0, len(own), _STREAMS_AT_ONCE):
            yield _changes(tenant_id, own[start : start + _STREAMS_AT_ONCE])


def payload(changes: Changes) -> str:
    return orjson.dumps(
        {
            "tenant": changes.tenant_id,
            "streams": changes.streams,
            "subjects": sorted(changes.subjects),
        }
    ).decode()


def heard(payload: str) -> Changes:
    told = orjson.loads(payload)
    return Changes(
        tenant_id=UUID(told["tenant"]),
        streams=told["streams"],
        subjects=frozenset(map(UUID, told["subjects"])),
    )


def _changes(tenant_id: UUID, recorded: Sequence[Recorded]) -> Changes:
    return Changes(
        tenant_id=tenant_id,
        streams={one.stream_id: one.version for one in recorded},
        subjects=frozenset(one.subject_id for one in recorded if one.subject_id),
    )
