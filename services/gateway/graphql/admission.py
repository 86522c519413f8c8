"""What comes by a stream (a WebSocket, server-sent events) is asked for like anything else: each
operation takes a place while it is done, and one from its caller's allowance. A subscription takes
none while it waits: `streams` counts those.
"""

from collections.abc import AsyncIterator

from strawberry.extensions import SchemaExtension

from libs.web.problems import Problem
from services.gateway.graphql.context import Context
from services.gateway.graphql.errors import Overloaded


class Admission(SchemaExtension):
    """Of what came by a request of its own, the request was admitted."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context | None = self.execution_context.context
        if context is None or context.doors is None:
            yield
            return
        try:
            await context.count()
            context.doors.enter()
        except Problem as refused:
            raise _said(refused) from None
        try:
            yield
        finally:
            context.doors.leave()


def _said(refused: Problem) -> Overloaded:
    seconds = dict(refused.headers).get(b"retry-after", b"1")
    code = "TOO_MANY_REQUESTS" if refused.code == "too-many-requests" else "OVERLOADED"
    return Overloaded(code, retryAfter=int(seconds))
