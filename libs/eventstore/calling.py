"""What is asked of an aggregate, and what is answered; an answer can be remembered without text."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic
from uuid import UUID

import orjson

from libs.eventstore.decider import Command, Notice, State
from libs.eventstore.telling import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Command, State]):
    """One request, with all that the edge knows of it.

    `expected` is If-Match. `creates` starts from `initial` without reading; it also allows a
    stream that is not there yet. `permit` sees the state before anything is decided and raises
    what the edge answers. `fingerprint` is a keyed digest of the request.
    """

    tenant_id: UUID
    stream_uuid: UUID
    command: Command
    actor: Actor
    operation: str
    happened_at: datetime
    zone: str
    now: datetime
    thing_id: UUID
    key: str | None
    fingerprint: bytes
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str
    expected: int | None = None
    creates: bool = False
    permit: Callable[[State], Awaitable[None]] | None = None

    @property
    def scope(self) -> str:
        """Within a tenant, a key means something to one person and one operation only."""
        return f"{self.operation}:{self.actor.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`id` is the thing that the request made or spoke of, `version` its stream's.

    `reached` is what a consistency token of it says, not yet signed: neither the desk nor what is
    stored knows a key of the edge. `already_so`: nothing had to change. `replayed`: the key was
    known, this was the answer then.
    """

    id: UUID
    version: int
    reached: str
    notices: tuple[Notice, ...]
    already_so: bool = False
    replayed: bool = False


def skeleton(answer: Answer) -> bytes:
    """What is remembered of an answer under its key: ids, numbers and codes."""
    return orjson.dumps(
        [
            answer.id,
            answer.version,
            answer.reached,
            [(notice.code, notice.pointer) for notice in answer.notices],
            answer.already_so,
        ]
    )


def replayed(remembered: bytes) -> Answer:
    thing_id, version, reached, notices, already_so = orjson.loads(remembered)
    return Answer(
        id=UUID(thing_id),
        version=version,
        reached=reached,
        notices=tuple(Notice(code, pointer) for code, pointer in notices),
        already_so=already_so,
        replayed=True,
    )
