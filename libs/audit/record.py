"""One operation, as it is written down: ids, codes and numbers, never a name or what was said.

Each process that writes numbers its own records from 1 and has each vouch for all before it, so
that a record that is changed, taken out or moved is seen.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import orjson

from libs.access.policy import Relation
from libs.eventstore.telling import Role

SIZE = 16
"""Bytes of a link: half of SHA-256 is beyond anybody's search."""

Verb = Literal["read", "write", "watch", "export"]

Reason = Literal[
    "self",
    "treatment",
    "supervision",
    "colleague",
    "administration",
    "integration",
    "operation",
    "clinic",
]
"""Why somebody was let: the relation in which they stand, in words that a patient can read."""

_BY_RELATION: dict[Relation, Reason] = {
    "related": "treatment",
    "supervised": "supervision",
    "facilitates": "treatment",
}
_BY_ROLE: dict[Role, Reason] = {
    "clinic_admin": "administration",
    "integrator": "integration",
    "operator": "operation",
}


def reason(role: Role, relation: Relation) -> Reason:
    """`own` of anybody but a patient is a colleague's own thing: a supervision, their work."""
    if relation == "own":
        return "self" if role == "patient" else "colleague"
    return _BY_RELATION.get(relation) or _BY_ROLE.get(role) or "clinic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`role` is the one they acted in; of who was refused all that they came with, joined by `+`.

    `reasons` say of each of `patients` why they were let; where nobody is refused and it is about
    no patient there is one; of a refusal none. `thing_id` is what was asked for, `outcome` what is
    counted (`done`, `replayed`, or the code of a refusal), `client` the program that holds the
    token.
    """

    tenant_id: UUID
    person_id: UUID
    role: str
    on_behalf_of: UUID | None
    verb: Verb
    action: str
    thing_id: UUID | None
    patients: tuple[UUID, ...]
    reasons: tuple[Reason, ...]
    outcome: str
    client: str
    correlation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record in its writer's chain. `writer` is one run of a process on `host`."""

    writer: UUID
    number: int
    recorded_at: datetime
    host: str
    record: Record
    link: bytes = b""


def link(key: bytes, previous: bytes, kept: Kept) -> bytes:
    """`previous` is the link of the record before, `b""` for the first; `kept.link` is not looked
    at.
    """
    # As in a stream's chain: where the previous link ends must be no matter of opinion.
    message = bytes((len(previous),)) + previous + _written(kept)
    return hmac.digest(key, message, "sha256")[:SIZE]


def fits(key: bytes, previous: bytes, kept: Kept) -> bool:
    return hmac.compare_digest(link(key, previous, kept), kept.link)


def _written(kept: Kept) -> bytes:
    # A JSON array says itself where it ends, and where each of its values does.
    told = kept.record
    return orjson.dumps(
        [
            kept.writer,
            kept.number,
            kept.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            kept.host,
            told.tenant_id,
            told.person_id,
            told.role,
            told.on_behalf_of,
            told.verb,
            told.action,
            told.thing_id,
            told.patients,
            told.reasons,
            told.outcome,
            told.client,
            told.correlation_id,
        ]
    )
