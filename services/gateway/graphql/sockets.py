"""The graphql-transport-ws protocol, read as strictly as a body, closed without an echo."""

from contextlib import suppress
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage

from libs.web.problems import Problem
from services.gateway.graphql.context import Context
from services.gateway.graphql.errors import Coded
from services.gateway.graphql.trusted import is_named

AT_ONCE = 20
"""Operations that one connection may carry."""

_LONGEST_ID = 64
_NOT_GRAPHQL = "This is not a message of graphql-transport-ws."


class Socket(ASGIWebSocketAdapter):
    """Closing twice, or what the client closed first, is no failure."""

    async def close(self, code: int, reason: str) -> None:
        with suppress(RuntimeError):
            await super().close(code, reason)


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    async def handle_message(self, message: Any) -> None:
        if not _fits(message):
            await self.handle_invalid_message("")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Strawberry's own refusal of one too many has no code."""
        fresh = self.connection_acknowledged and message["id"] not in self.operations
        if fresh and len(self.operations) >= AT_ONCE:
            refused = [Coded("TOO_MANY_SUBSCRIPTIONS").formatted]
            await self.send_message({"id": message["id"], "type": "error", "payload": refused})
            return
        unknown = self._means(message) if fresh else None
        if unknown is not None:
            said = [unknown.formatted]
            await self.send_message({"id": message["id"], "type": "error", "payload": said})
            return
        await super().handle_subscribe(message)

    def _means(self, message: SubscribeMessage) -> Coded | None:
        """What stands for a document's name is put into the message; or the refusal of it."""
        try:
            text = self.context.parts.trusted.text(message["payload"])
        except Problem as refused:
            return Coded(
                "UNKNOWN_DOCUMENT" if refused.code == "unknown-document" else "BAD_REQUEST"
            )
        message["payload"]["query"] = text or ""
        return None

    async def handle_invalid_message(self, error_message: str) -> None:
        """Strawberry's message repeats what was sent, and can be too long for a close frame."""
        _ = error_message
        await self.websocket.close(code=4400, reason=_NOT_GRAPHQL)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        cause = error.original_error
        if isinstance(error, GraphQLSyntaxError) or isinstance(cause, CannotGetOperationTypeError):
            return _NOT_GRAPHQL
        return None


def _fits(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    match message["type"]:
        case "connection_init" | "ping" | "pong":
            return True
        case "complete":
            return _is_id(message.get("id"))
        case "subscribe":
            return _is_id(message.get("id")) and _is_request(message.get("payload"))
        case _:
            return False


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _is_named(payload: Any) -> bool:
    return payload.get("query") is None and is_named(payload)


def _is_request(payload: Any) -> bool:
    return (
        isinstance(payload, dict)
        and (isinstance(payload.get("query"), str) or _is_named(payload))
        and isinstance(payload.get("extensions"), dict | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
