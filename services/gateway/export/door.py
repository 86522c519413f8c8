"""Exports over HTTP. Whatever can be refused is refused before the first byte; an answer that
breaks off later says so at its end, or ends as no answer does.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from libs.access.principal import Principal
from libs.audit.trail import Trail
from libs.eventstore.consistency import BadToken
from libs.web import headers, telemetry
from libs.web.allowances import Allowances, spend
from libs.web.concerning import must_concern
from libs.web.headers import Headers
from libs.web.problems import Problem
from libs.web.replies import Header
from services.gateway.export.as_json import AsJson
from services.gateway.export.as_page import POLICY, AsPage
from services.gateway.export.operations import OPERATIONS, Operation
from services.gateway.export.telling import Record, Records, Writer
from services.gateway.export.turns import Turns
from services.gateway.graphql.context import Parts
from services.gateway.queries.visible import Asker, asker
from services.gateway.recording import OneRecord, one_record

LONGEST = 60.0
"""Seconds. Whoever reads more slowly than that is cut off: they hold a moment of the database."""

log = structlog.get_logger()


def routes(parts: Parts, allowances: Allowances | None = None) -> list[BaseRoute]:
    """Without `allowances` everybody may ask as often as they like."""
    records = Records(models=parts.models, sealer=parts.sealer, cursors=parts.cursors)
    turns = Turns()
    return [
        Route(each.path, ExportDoor(each, parts, records, turns=turns, allowances=allowances))
        for each in OPERATIONS
    ]


class ExportDoor:
    """One ASGI application for one operation."""

    def __init__(
        self,
        operation: Operation,
        parts: Parts,
        records: Records,
        *,
        turns: Turns,
        allowances: Allowances | None,
    ) -> None:
        self._operation = operation
        self._parts = parts
        self._records = records
        self._turns = turns
        self._allowances = allowances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        outcome = "failed"
        trace = headers.known_or_new(scope, self._parts.new_id)
        trail = Trail(verb="export")
        try:
            async with one_record(self._parts.audit, self._operation.name, trace, trail) as record:
                with self._turns.place(receive):
                    outcome = await self._answer(Request(scope, receive), send, record)
        except Problem as refused:
            outcome = refused.code
            raise
        finally:
            seconds = time.perf_counter() - began
            telemetry.answered("gateway", self._operation.name, outcome, seconds)

    async def _answer(self, request: Request, send: Send, record: OneRecord) -> str:
        """The outcome, as metrics count it."""
        if request.method != "GET":
            raise Problem("method-not-allowed", headers=[(b"allow", b"GET")])
        given = dict(request.scope["headers"])
        principal = await self._caller(given, record.trail)
        patient_id = _patient(principal, request)
        record.trail.about(patient_id)
        await self._wait(principal, given)
        # Whatever else they are: a therapist sees no more of a case for being a patient too.
        alone = replace(principal, roles=frozenset({self._operation.role}))
        who = asker(alone, self._parts.clock())
        with self._turns.of(principal):
            async with self._opened(who, patient_id) as told:
                if self._allowances is not None:
                    spend(self._allowances, principal)
                record.trail.allowed(self._operation.role, self._operation.granted)
                await record.keep()
                return await self._sent(told, _writer(given), request, send)

    async def _caller(self, given: Headers, trail: Trail) -> Principal:
        principal = await self._parts.identity.principal(headers.bearer(given))
        present = await self._parts.present(principal)
        trail.asked_by(present)
        must_concern(self._operation.granted, present)
        return present

    async def _wait(self, principal: Principal, given: Headers) -> None:
        """So that whoever has just written something finds it in their record."""
        token = headers.after(given)
        if token is None:
            return
        try:
            streams = self._parts.tokens.streams(principal.tenant_id, token)
        except BadToken:
            raise Problem("bad-consistency-token") from None
        seconds = self._parts.patience
        await self._parts.awaiting.wait(principal.tenant_id, streams, seconds=seconds)

    @asynccontextmanager
    async def _opened(self, who: Asker, patient_id: UUID) -> AsyncIterator[Record]:
        async with self._records.snapshot(who) as snapshot:
            record = await self._records.of(snapshot, who, patient_id, self._operation.kind)
            if record is None:
                raise Problem("not-found")
            yield record

    async def _sent(self, record: Record, writer: Writer, request: Request, send: Send) -> str:
        start = {"type": "http.response.start", "status": 200, "headers": _headers(record, writer)}
        await send(start)
        try:
            async with asyncio.timeout(LONGEST), aclosing(record.told(writer)) as chunks:
                async for chunk in chunks:
                    if await request.is_disconnected():
                        return "client-gone"
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            # Without the end of its body an answer is known to be cut off.
            log.warning("export-cut-off", code="slow-reader")
            return "slow-reader"
        await send({"type": "http.response.body", "body": b""})
        return "done" if record.whole else "broken-off"


def _patient(principal: Principal, request: Request) -> UUID:
    named = request.path_params.get("id")
    return principal.person_id if named is None else headers.uuid_in_path(named)


def _writer(given: Headers) -> Writer:
    """JSON, unless a page is asked for first."""
    accepted = given.get(b"accept", b"").lower()
    page, json = accepted.find(b"text/html"), accepted.find(b"application/json")
    return AsPage() if page >= 0 and (json < 0 or page < json) else AsJson()


def _headers(record: Record, writer: Writer) -> list[Header]:
    name = f"interlude-{record.kind}-{record.as_of.date().isoformat()}.{writer.suffix}"
    return [
        (b"content-type", writer.media_type.encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        (b"content-security-policy", f"{POLICY}; sandbox".encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept"),
    ]
