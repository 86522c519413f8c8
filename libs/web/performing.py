"""What is done with each command: token, strict body, ids, validation, waiting for what the caller
has seen, grant, look-ups, desk, answer.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

import orjson

from libs.access.policy import Grant, Subject, may
from libs.access.principal import Principal
from libs.audit.trail import Trail
from libs.eventstore.decider import Command, Event, Rejected, State
from libs.eventstore.desk import Answer, Call, Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.telling import Actor, Told
from libs.privacy.sealing import SubjectErased
from libs.web import bodies, headers
from libs.web.allowances import charge
from libs.web.bodies import Json
from libs.web.concerning import must_concern
from libs.web.edge import Edge
from libs.web.headers import Trace
from libs.web.operations import Incoming
from libs.web.pointers import pointer_to
from libs.web.problems import Problem
from libs.web.replies import JSON, Header, Reply
from libs.web.shapes import Read, Shape

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """What a `prepare` hook may look at: the validated fields of the body, and who tells them."""

    principal: Principal
    stream_uuid: UUID
    fields: Fields
    told: Told


Prepare = Callable[[Preparing], Awaitable[Fields]]
"""Gives the `LOOKED_UP` fields. May raise a `Rejected`, among them `NotKnownYet`."""

First = Callable[[Call[Any, Any]], Awaitable[None]]
"""Done before the request is decided, and not again when it is repeated under its key. What may be
cut off behind it has to bear being done twice.
"""

About = Callable[[Principal, Fields], Awaitable[Subject]]
"""Whom a creation is about, before there is a stream that says so."""


async def named_in(_principal: Principal, fields: Fields) -> Subject:
    """The patient and therapist that the body names."""
    return Subject(patient_id=fields.get("patient_id"), therapist_id=fields.get("therapist_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One command, over HTTP or within a batch. `expected` is If-Match, `after` Interlude-After;
    `satisfied` says that somebody has waited for that already, and whether it has come.
    """

    principal: Principal
    path_id: UUID | None
    key: str
    expected: int | None
    after: str | None
    body: Json
    trace: Trace
    trail: Trail
    satisfied: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Generic[State]):
    """How one command is offered. `weight`: it counts as so many requests."""

    name: str
    path: str
    grant: Grant
    subject: Callable[[State], Subject]
    about: About = named_in
    creates: bool = False
    stream_of: Callable[[Fields], UUID] | None = None
    location: str | None = None
    prepare: Prepare | None = None
    first: First | None = None
    patients_act: bool = False
    required_if_match: bool = False
    weight: int = 1
    even_erased: bool = False


class CommandOperation(Generic[Command, State, Event]):
    method = "POST"

    def __init__(
        self,
        edge: Edge,
        desk: Desk[Command, State, Event],
        request: type[Command],
        terms: Terms[State],
    ) -> None:
        self.edge = edge
        self.desk = desk
        self.terms = terms
        self.shape = Shape(request)
        self.grant = terms.grant
        self.name = terms.name
        self.path = terms.path

    async def answer(self, incoming: Incoming) -> Reply:
        given = incoming.headers
        principal = await self.edge.caller(given)
        incoming.trail.asked_by(principal)
        charge(self.edge.identity, principal, self.terms.weight - 1)
        asked = Asked(
            principal=self.must_concern(principal),
            path_id=None if self.terms.creates else headers.uuid_in_path(incoming.path_id),
            key=headers.idempotency_key(given),
            expected=headers.expected_version(given),
            after=headers.after(given),
            body=bodies.parsed(await bodies.read(given, incoming.receive)),
            trace=incoming.trace,
            trail=incoming.trail,
        )
        return await self.perform(asked)

    def must_concern(self, principal: Principal) -> Principal:
        """Nothing is said of what it would be done to."""
        must_concern(self.terms.grant, principal)
        return principal

    async def perform(self, asked: Asked) -> Reply:
        if self.terms.required_if_match and asked.expected is None:
            raise Problem("precondition-required")
        if self.terms.creates and asked.expected is not None:
            # Who may create is asked about the new thing. The id may be of somebody else's, which
            # is refused, but by its rules: comparing versions first would tell that one's.
            raise Problem("if-match-on-creation")
        now = self.edge.clock()
        fingerprint = self._fingerprint(asked)
        read = self.shape.read(self.shape.with_ids(asked.body, self.edge.new_id), now)
        satisfied = asked.satisfied
        if satisfied is None:
            satisfied = await self.edge.waited(asked.principal.tenant_id, asked.after)
        try:
            call = await self._call(asked, read, now, fingerprint)
            if self.terms.first is not None and not await self.desk.has_answered(call):
                await self.terms.first(call)
            return self._reply(call.tenant_id, await self.desk.handle(call))
        except NotKnownYet:
            if satisfied:
                raise Problem("not-found") from None
            raise
        except Rejected as refused:
            refused.pointer = refused.pointer or pointer_to(refused.at_fault, read.fields)
            raise

    def _fingerprint(self, asked: Asked) -> bytes:
        """Of what the client sent, before ids were made: a retry must come out the same."""
        told = (
            f"{self.method} {self.name} {asked.path_id} {asked.expected} "
            f"{asked.principal.tenant_id} {asked.principal.person_id}\n"
        )
        body = orjson.dumps(asked.body, option=orjson.OPT_SORT_KEYS)
        return hmac.digest(self.edge.fingerprint_key, told.encode() + body, "sha256")

    async def _call(
        self, asked: Asked, read: Read, now: datetime, fingerprint: bytes
    ) -> Call[Command, State]:
        principal = asked.principal
        stream = self._stream(asked, read.fields)
        asked.trail.thing_id = stream
        actor = await self._actor(asked, stream, read)
        told = Told(by=actor, happened_at=read.happened_at, now=now)
        looked_up = await self._looked_up(principal, stream, read.fields, told)
        return Call(
            tenant_id=principal.tenant_id,
            stream_uuid=stream,
            command=self.shape.request(
                by=actor, happened_at=read.happened_at, now=now, **read.fields, **looked_up
            ),
            actor=actor,
            operation=self.name,
            happened_at=read.happened_at,
            zone=read.zone,
            now=now,
            thing_id=read.fields[self.shape.thing] if self.shape.thing else stream,
            key=asked.key,
            fingerprint=fingerprint,
            correlation_id=asked.trace.correlation_id,
            causation_id=None,
            traceparent=asked.trace.traceparent,
            expected=asked.expected,
            creates=self.terms.creates,
        )

    def _stream(self, asked: Asked, fields: Fields) -> UUID:
        if self.terms.stream_of is not None:
            return self.terms.stream_of(fields)
        stream: UUID = fields["id"] if asked.path_id is None else asked.path_id
        return stream

    async def _actor(self, asked: Asked, stream: UUID, read: Read) -> Actor:
        principal = asked.principal
        subject = await self._subject(principal, stream, read.fields)
        asked.trail.about(subject.patient_id)
        occurred_at = read.happened_at if read.says_when else None
        role = await may(
            principal, self.terms.grant, subject, self.edge.known, occurred_at=occurred_at
        )
        if role is None:
            raise NotKnownYet if self.terms.creates else Problem("not-found")
        await self._must_not_be_erased(principal.tenant_id, subject)
        speaks_for = self.terms.patients_act and role == "therapist"
        on_behalf_of = subject.patient_id if speaks_for else None
        asked.trail.allowed(role, self.terms.grant, on_behalf_of)
        return Actor(person_id=principal.person_id, role=role, on_behalf_of=on_behalf_of)

    async def _must_not_be_erased(self, tenant_id: UUID, subject: Subject) -> None:
        """Asked last: that somebody was erased is for those to know who may ask for this."""
        patient_id = subject.patient_id
        if patient_id is None or self.terms.even_erased:
            return
        if await self.edge.known.erased(tenant_id, patient_id):
            self.desk.forget(patient_id)
            raise SubjectErased

    async def _subject(self, principal: Principal, stream: UUID, fields: Fields) -> Subject:
        """Whom a stream is about never changes, so what is remembered of it is good enough."""
        if self.terms.creates:
            return await self.terms.about(principal, fields)
        remembered = self.desk.glimpse(principal.tenant_id, stream)
        if remembered is not None:
            return self.terms.subject(remembered)
        found = await self.desk.state(principal.tenant_id, stream)
        if found is None:
            raise Problem("not-found")
        return self.terms.subject(found[0])

    async def _looked_up(
        self, principal: Principal, stream: UUID, fields: Fields, told: Told
    ) -> Fields:
        if self.terms.prepare is None:
            return {}
        return await self.terms.prepare(
            Preparing(principal=principal, stream_uuid=stream, fields=fields, told=told)
        )

    def _reply(self, tenant_id: UUID, answer: Answer) -> Reply:
        token = self.edge.tokens.token(tenant_id, answer.reached)
        content = {
            "id": answer.id,
            "version": answer.version,
            "consistency": token,
            "notices": [
                {"code": notice.code, "pointer": notice.pointer} for notice in answer.notices
            ],
        }
        return Reply(
            200 if answer.already_so else 201,
            self._headers(answer, token),
            orjson.dumps(content),
            "replayed" if answer.replayed else "already-so" if answer.already_so else "done",
        )

    def _headers(self, answer: Answer, token: str) -> list[Header]:
        found = [
            JSON,
            (b"etag", b'"%d"' % answer.version),
            (b"interlude-consistency", token.encode()),
        ]
        if self.terms.location is not None:
            found.append((b"location", self.terms.location.format(id=answer.id).encode()))
        if answer.replayed:
            found.append((b"idempotency-replayed", b"true"))
        return found
