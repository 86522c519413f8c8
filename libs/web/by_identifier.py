"""PUT under another system's own identifier: made where it is new here, changed where it differs.

Whoever keeps a list of their own sends what stands in it, again and again, and is told what that
changed. It is its own idempotency: what is told twice is so the second time. Each part is recorded
by the command for it, so its rules and rights hold here as there. What dies in between is finished
by telling it again: an identifier is taken for an id first, and what is made has that id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic
from urllib.parse import unquote
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from libs.access.identifying import Identifiers
from libs.access.policy import NOBODY, Grant, may
from libs.access.principal import Principal
from libs.eventstore.consistency import encode
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.desk import Desk
from libs.eventstore.recorded import stream_name
from libs.privacy.opening import opened
from libs.vocabulary.identifier import Identifier
from libs.web import bodies, headers
from libs.web.allowances import charge
from libs.web.bodies import Json
from libs.web.concerning import must_concern
from libs.web.edge import Edge
from libs.web.faults import faults_of
from libs.web.operations import Incoming, Operation
from libs.web.performing import Asked, CommandOperation, Fields
from libs.web.problems import FieldsInvalid, Problem
from libs.web.replies import JSON, Reply
from libs.web.shapes import Shape
from libs.web.views import Fold

WEIGHT = 2
"""It counts as so many requests: it looks, and then it tells."""

_IDENTIFIER: TypeAdapter[Identifier] = TypeAdapter(Identifier)
_IDENTIFIER_NAMES = frozenset({"system", "value"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The operation by which these fields are changed, and what it has to be told besides."""

    operation: str
    fields: tuple[str, ...]
    besides: Mapping[str, Any] = field(default_factory=dict)


def _nobody(_said: Fields, _thing_id: UUID) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upserting:
    """How one kind of thing is put. `fold` gives a view with the fields of `request` and with
    `identifiers`; `creates`, `identifies` and `changes` name operations of the same service.
    `patient` says whom a thing is about, from what is said of it and its id.
    """

    name: str
    path: str
    kind: str
    request: type[Any]
    fold: Fold[Any]
    grant: Grant
    creates: str
    identifies: str
    changes: Sequence[Change]
    patient: Callable[[Fields, UUID], UUID | None] = _nobody


@dataclass(slots=True, kw_only=True)
class _Telling:
    """What is told in this request, part by part, and what came of it so far."""

    principal: Principal
    incoming: Incoming
    thing_id: UUID
    body: Json
    version: int = 0
    changed: list[str] = field(default_factory=list)
    notices: list[Json] = field(default_factory=list)


class ByIdentifier(Generic[Command, State, Event]):
    method = "PUT"

    def __init__(
        self,
        edge: Edge,
        desk: Desk[Command, State, Event],
        terms: Upserting,
        *,
        identifiers: Identifiers,
        operations: Sequence[Operation],
    ) -> None:
        """`operations` are those that `terms` name, among others."""
        self.edge = edge
        self.desk = desk
        self.terms = terms
        self.identifiers = identifiers
        self.shape = Shape(terms.request)
        self.grant = terms.grant
        self.name = terms.name
        self.path = terms.path
        self._commands = {
            each.name: each for each in operations if isinstance(each, CommandOperation)
        }

    async def answer(self, incoming: Incoming) -> Reply:
        principal = await self.edge.caller(incoming.headers)
        incoming.trail.asked_by(principal)
        charge(self.edge.identity, principal, WEIGHT - 1)
        must_concern(self.grant, principal)
        identifier = identified(incoming.path_id)
        body = bodies.parsed(await bodies.read(incoming.headers, incoming.receive))
        said = self.shape.read(body, self.edge.clock()).fields
        await self._must_be_allowed(principal, incoming)
        telling = _Telling(
            principal=principal,
            incoming=incoming,
            thing_id=await self._thing(principal, identifier, said),
            body=body,
        )
        incoming.trail.thing_id = telling.thing_id
        incoming.trail.about(self.terms.patient(said, telling.thing_id))
        created = await self._told(telling, identifier, said)
        return self._reply(telling, created=created)

    async def _must_be_allowed(self, principal: Principal, incoming: Incoming) -> None:
        """Before it is looked whether anybody goes by that number."""
        role = await may(principal, self.grant, NOBODY, self.edge.known)
        if role is None:
            raise Problem("not-found")
        incoming.trail.allowed(role, self.grant)

    async def _thing(self, principal: Principal, identifier: Identifier, said: Fields) -> UUID:
        whose = principal.tenant_id, self.terms.kind, identifier.system, str(identifier.value)
        found = await self.identifiers.find(*whose)
        if found is not None:
            return found
        fresh = self.edge.new_id()
        patient_id = self.terms.patient(said, fresh)
        return await self.identifiers.take(*whose, thing_id=fresh, patient_id=patient_id)

    async def _told(self, telling: _Telling, identifier: Identifier, said: Fields) -> bool:
        """Whether somebody was made who was not there before."""
        history = await self.desk.history(telling.principal.tenant_id, telling.thing_id)
        if not history:
            made = {**telling.body, "id": str(telling.thing_id)}
            created = await self._tell(self.terms.creates, telling, made)
            await self._identify(telling, identifier)
            return created
        tenant = telling.principal.tenant_id
        shown = await opened(self.terms.fold(history), self.edge.sealer, tenant)
        telling.version = history[-1][0].version
        await self._change(telling, _differing(said, shown))
        if identifier not in shown.identifiers:
            await self._identify(telling, identifier)
        return False

    async def _change(self, telling: _Telling, fresh: Mapping[str, Any]) -> None:
        for change in self.terms.changes:
            named = [name for name in change.fields if name in fresh]
            if named:
                told = {name: telling.body[name] for name in named}
                await self._tell(change.operation, telling, {**change.besides, **told})
                telling.changed += named

    async def _identify(self, telling: _Telling, identifier: Identifier) -> None:
        told = {"system": identifier.system, "value": str(identifier.value)}
        await self._tell(self.terms.identifies, telling, told)

    async def _tell(self, name: str, telling: _Telling, body: Json) -> bool:
        """Whether something was recorded."""
        command, incoming = self._commands[name], telling.incoming
        if "occurred_at" in telling.body:
            body = {**body, "occurred_at": telling.body["occurred_at"]}
        reply = await command.perform(
            Asked(
                principal=telling.principal,
                path_id=None if command.terms.creates else telling.thing_id,
                key=str(self.edge.new_id()),
                expected=None,
                after=headers.after(incoming.headers),
                body=body,
                trace=incoming.trace,
                trail=incoming.trail,
            )
        )
        answer = orjson.loads(reply.body)
        telling.version = answer["version"]
        telling.notices += answer["notices"]
        return reply.outcome == "done"

    def _reply(self, telling: _Telling, *, created: bool) -> Reply:
        stream = stream_name(self.desk.aggregate.category, telling.thing_id)
        reached = encode([(stream, telling.version)])
        token = self.edge.tokens.token(telling.principal.tenant_id, reached)
        outcome = "created" if created else "changed" if telling.changed else "unchanged"
        content = {
            "id": str(telling.thing_id),
            "version": telling.version,
            "consistency": token,
            "notices": telling.notices,
            "outcome": outcome,
            "changed": telling.changed,
        }
        location = f"{self.path.partition('/by-identifier')[0]}/{telling.thing_id}"
        return Reply(
            201 if created else 200,
            [
                JSON,
                (b"etag", b'"%d"' % telling.version),
                (b"interlude-consistency", token.encode()),
                (b"location", location.encode()),
            ],
            orjson.dumps(content),
            "already-so" if outcome == "unchanged" else "done",
        )


def identified(path: str) -> Identifier:
    """`urn%3Aoid%3A1.2.3/943%2F1`, each part escaped. Raises `Problem`."""
    try:
        system, value = (unquote(part, errors="strict") for part in path.split("/"))
        told = orjson.dumps({"system": system, "value": value})
    except ValueError:
        raise Problem("not-found") from None
    try:
        return _IDENTIFIER.validate_json(told)
    except ValidationError as invalid:
        raise FieldsInvalid(*faults_of(invalid, {}, _IDENTIFIER_NAMES)) from None


def _differing(said: Mapping[str, Any], shown: Any) -> Mapping[str, Any]:
    """What was said and is not so."""
    return {
        name: value
        for name, value in said.items()
        if value is not None and value != getattr(shown, name)
    }
