"""First and last to see a request: tracing, limits, operations, and an answer to any bug."""

import time
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.audit.keeping import Audit, AuditUnavailable
from libs.tracing.correlating import correlate
from libs.tracing.spans import Span, begun
from libs.web import telemetry
from libs.web.bodies import ClientGone
from libs.web.headers import Trace, trace_of
from libs.web.limits import OVERLOADED, Doors, Place
from libs.web.operations import Incoming, Operation, Operations, path_of
from libs.web.problems import Problems
from libs.web.recording import recorded
from libs.web.replies import Header, Reply

log = structlog.get_logger()

GUARDS: Sequence[Header] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
PRIVATE: Header = (b"cache-control", b"no-store")
SECURE: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

_BAD = 500


class Front:
    """Operations are answered here; all else (documentation, probes) goes on to `inner`, of which
    `traced` paths have a span.
    """

    def __init__(
        self,
        inner: ASGIApp,
        operations: Operations,
        *,
        service: str,
        problems: Problems,
        doors: Doors,
        new_id: Callable[[], UUID],
        audit: Audit,
        guards: Sequence[Header] = GUARDS,
        traced: Collection[str] = (),
    ) -> None:
        self._inner = inner
        self._operations = operations
        self._service = service
        self._problems = problems
        self._doors = doors
        self._new_id = new_id
        self._audit = audit
        self._guards = guards
        self._traced = frozenset(traced)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        headers = dict(scope["headers"])
        trace = trace_of(headers, self._new_id)
        try:
            found = self._operations.find(scope["method"], path_of(scope))
        except Exception as error:  # noqa: BLE001 - becomes an answer
            await self._problems.reply(error, trace.trace_id).send(send, self._extra(trace))
            return
        if found is None:
            await self._pass_on(scope, receive, send, trace)
            return
        operation, path_id = found
        name = f"{operation.method} {operation.path}"
        place = self._doors.place(receive)
        with begun(name, "server", parent=trace.caused_by) as span:
            incoming = Incoming(
                headers=headers,
                query=scope["query_string"],
                path_id=path_id,
                receive=place.receive,
                trace=trace.within(span),
            )
            correlate(trace.correlation_id, incoming.trace.traceparent)
            await self._answer(operation, incoming, place, send, span)

    async def _answer(
        self, operation: Operation, incoming: Incoming, place: Place, send: Send, span: Span
    ) -> None:
        began = time.perf_counter()
        try:
            with place:
                reply = await self._recorded(operation, incoming)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001 - this is the one place where any becomes an answer
            reply = self._problems.reply(error, incoming.trace.trace_id)
        telemetry.answered(
            self._service, operation.name, reply.outcome, time.perf_counter() - began
        )
        span.answered(reply.status, reply.outcome)
        # Refusals are counted: a line for each would slow down those who are inside.
        if reply.status >= _BAD and reply.outcome != OVERLOADED:
            log.error(
                "failed",
                operation=operation.name,
                code=reply.outcome,
                trace_id=incoming.trace.trace_id,
            )
        await reply.send(send, [PRIVATE, *self._extra(incoming.trace)])

    async def _recorded(self, operation: Operation, incoming: Incoming) -> Reply:
        """No record, no answer. What tells nothing but that it failed may be said all the same."""
        try:
            reply = await operation.answer(incoming)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001 - as above, and it leaves a record like any answer
            reply = self._problems.reply(error, incoming.trace.trace_id)
        record = recorded(operation, incoming.trail, reply, incoming.trace)
        try:
            if record is not None:
                await self._audit.note(record)
        except AuditUnavailable:
            if reply.status < _BAD:
                raise
        return reply

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, trace: Trace) -> None:
        if scope["path"] not in self._traced:
            await self._passed_on(scope, receive, send, trace)
            return

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                span.answered(message["status"])
            await send(message)

        name = f"{scope['method']} {scope['path']}"
        with begun(name, "server", parent=trace.caused_by) as span:
            await self._passed_on(scope, receive, seen, trace.within(span))

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send, trace: Trace) -> None:
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *self._extra(trace)]
            await send(message)

        scope["interlude.trace"] = trace
        correlate(trace.correlation_id, trace.traceparent)
        try:
            await self._inner(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - as above; what has begun cannot be taken back
            reply = self._problems.reply(error, trace.trace_id)
            if not started:
                await reply.send(send, self._extra(trace))

    def _extra(self, trace: Trace) -> list[Header]:
        return [
            *self._guards,
            (b"x-correlation-id", str(trace.correlation_id).encode()),
            (b"traceparent", trace.traceparent.encode()),
        ]
