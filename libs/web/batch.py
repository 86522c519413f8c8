"""`POST /v1/commands`: what a client queued while it was offline, in its order, each command
idempotent and answered by itself.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import orjson
from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import ConfigDict, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from libs.access.principal import Principal
from libs.audit.trail import Trail
from libs.web import bodies, headers, telemetry
from libs.web.allowances import charge
from libs.web.edge import Edge
from libs.web.faults import faults_of
from libs.web.headers import Trace
from libs.web.operations import Incoming, Operation
from libs.web.performing import Asked, CommandOperation
from libs.web.problems import FieldsInvalid, Problem, Problems
from libs.web.recording import recorded
from libs.web.replies import Reply, json_reply

MOST = 200
LIMIT = 1024 * 1024
"""Bytes of a whole batch, 5 KiB for each command. Reading that much strictly takes a quarter of a
second at worst; what is more is sent in another.
"""

_SHOWN = {b"etag", b"location", b"interlude-consistency", b"idempotency-replayed", b"retry-after"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One command: the operation's name, the aggregate's id where the path has one, its own
    idempotency key, the version it insists on, and the body.
    """

    operation: Annotated[str, MinLen(1), MaxLen(100)]
    id: UUID | None = None
    idempotency_key: Annotated[str, MinLen(1), MaxLen(255)]
    if_match: Annotated[int, Ge(0), Le(2**53)] | None = None
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    commands: Annotated[tuple[Queued, ...], MinLen(1)]

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


ADAPTER: TypeAdapter[Batch] = TypeAdapter(Batch)

_NAMES = frozenset({"commands", "operation", "id", "idempotency_key", "if_match", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """`satisfied` says whether what they have seen was waited for, and has come. `kept` are the
    records on their way, one of each command.
    """

    principal: Principal
    trace: Trace
    satisfied: bool
    kept: "list[asyncio.Future[None]]" = field(default_factory=list)


class CommandBatch:
    name = "sendCommands"
    method = "POST"
    path = "/v1/commands"

    def __init__(self, edge: Edge, operations: Sequence[Operation], problems: Problems) -> None:
        self._edge = edge
        self._problems = problems
        self._commands: Mapping[str, CommandOperation[Any, Any, Any]] = {
            each.name: each for each in operations if isinstance(each, CommandOperation)
        }

    @property
    def created(self) -> Sequence[str]:
        """The operations that need nothing to be there before."""
        return [name for name, each in self._commands.items() if each.terms.creates]

    async def answer(self, incoming: Incoming) -> Reply:
        principal = await self._edge.caller(incoming.headers)
        incoming.trail.asked_by(principal)
        raw = await bodies.read(incoming.headers, incoming.receive, limit=LIMIT)
        # In a thread, so that nobody else waits for it: it may be long.
        commands = (await run_in_threadpool(_read, raw)).commands
        charge(self._edge.identity, principal, sum(map(self._weight, commands)) - 1)
        # Once for all of them: each would wait in turn for what may never come.
        satisfied = await self._edge.waited(principal.tenant_id, headers.after(incoming.headers))
        caller = _Caller(principal=principal, trace=incoming.trace, satisfied=satisfied)
        answers = [await self._answer(each, caller) for each in commands]
        incoming.trail.left_to_parts()
        await asyncio.gather(*caller.kept)
        return json_reply(200, {"answers": answers})

    def _weight(self, queued: Queued) -> int:
        command = self._commands.get(queued.operation)
        return 1 if command is None else command.terms.weight

    async def _answer(self, queued: Queued, caller: _Caller) -> Mapping[str, Any]:
        began, trail = time.perf_counter(), Trail(principal=caller.principal)
        try:
            reply = await self._performed(queued, caller, trail)
        except Exception as error:  # noqa: BLE001 - each is answered by itself
            reply = self._problems.reply(error, caller.trace.trace_id)
        operation = self._commands.get(queued.operation, self)
        if record := recorded(operation, trail, reply, caller.trace):
            caller.kept.append(self._edge.audit.note(record))
        # A name that nobody has declared would be a label of the client's own making.
        if queued.operation in self._commands:
            seconds = time.perf_counter() - began
            telemetry.answered(self._edge.service, queued.operation, reply.outcome, seconds)
        return {
            "status": reply.status,
            "headers": {
                name.decode(): value.decode() for name, value in reply.headers if name in _SHOWN
            },
            "body": orjson.Fragment(reply.body),
        }

    async def _performed(self, queued: Queued, caller: _Caller, trail: Trail) -> Reply:
        command = self._commands.get(queued.operation)
        if command is None:
            raise Problem("unknown-operation")
        if (queued.id is None) is not command.terms.creates:
            raise Problem("not-found")
        asked = Asked(
            principal=command.must_concern(caller.principal),
            path_id=queued.id,
            key=headers.printable_key(queued.idempotency_key.encode()),
            expected=queued.if_match,
            after=None,
            satisfied=caller.satisfied,
            body=queued.body,
            trace=caller.trace,
            trail=trail,
        )
        return await command.perform(asked)


def _read(raw: bytes) -> Batch:
    content = bodies.parsed(raw)
    if isinstance(content.get("commands"), list) and len(content["commands"]) > MOST:
        raise Problem("too-many-commands")
    try:
        return ADAPTER.validate_json(orjson.dumps(content))
    except ValidationError as invalid:
        raise FieldsInvalid(*faults_of(invalid, content, _NAMES)) from None
