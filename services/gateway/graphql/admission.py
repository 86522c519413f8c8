"""What may be asked for at all, operation by operation.

A document that costs more than most counts as several requests of its caller. What comes by a
stream (a WebSocket, server-sent events) takes a place while it is done besides, and one from its
caller's allowance. A subscription takes no place while it waits: `streams` counts those.
"""

from collections.abc import AsyncIterator

from strawberry.extensions import SchemaExtension

from libs.web.allowances import charge
from libs.web.problems import Problem
from services.gateway.graphql.context import Context
from services.gateway.graphql.errors import Overloaded
from services.gateway.graphql.limits import cost_of

ONE_REQUEST = 2_500
"""What a document may cost that counts as one: a screen of twenty rows, say."""


class Admission(SchemaExtension):
    async def on_execute(self) -> AsyncIterator[None]:
        context: Context | None = self.execution_context.context
        if context is None:
            yield
            return
        try:
            self._charge(context)
            if context.doors is not None:
                await context.count()
                context.doors.enter()
        except Problem as refused:
            raise _said(refused) from None
        try:
            yield
        finally:
            if context.doors is not None:
                context.doors.leave()

    def _charge(self, context: Context) -> None:
        document = self.execution_context.graphql_document
        if context.known is not None and document is not None:
            charge(context.parts.identity, context.known, cost_of(document) // ONE_REQUEST)


def _said(refused: Problem) -> Overloaded:
    seconds = dict(refused.headers).get(b"retry-after", b"1")
    code = "TOO_MANY_REQUESTS" if refused.code == "too-many-requests" else "OVERLOADED"
    return Overloaded(code, retryAfter=int(seconds))
