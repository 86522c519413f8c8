"""GraphQL over HTTP, WebSocket and server-sent events: bodies read strictly, statuses to the
letter, no answer that repeats what was sent.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.unset import UNSET

from libs.web import bodies, telemetry
from libs.web.bodies import ClientGone
from libs.web.codes import EDGE
from libs.web.headers import Trace, known_or_new
from libs.web.limits import Doors, Place
from libs.web.problems import Problem
from services.gateway import graphiql
from services.gateway.graphql import answers
from services.gateway.graphql.codes import CODES
from services.gateway.graphql.context import Context, Parts
from services.gateway.graphql.errors import Coded, shown
from services.gateway.graphql.limits import Limits
from services.gateway.graphql.schema import Schema
from services.gateway.graphql.sockets import AT_ONCE, Socket, SocketHandler

PATHS = ("/graphql", "/graphql/stream")

LARGEST_BODY = 256 * 1024

INTRODUCTION = timedelta(seconds=5)
"""How long somebody may hold a WebSocket without saying who they are."""


class StrictRequest(StarletteRequestAdapter):
    """Its body is bounded, and JSON by its own account."""

    async def get_body(self) -> bytes:
        headers = dict(self._request.scope["headers"])
        return await bodies.read(headers, self._request.receive, limit=LARGEST_BODY)


class GraphQLDoor(GraphQL[Context, None]):
    """One ASGI application for `/graphql` and `/graphql/stream`."""

    request_adapter_class = StrictRequest
    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = Socket

    def __init__(
        self,
        schema: Schema,
        parts: Parts,
        *,
        limits: Limits,
        doors: Doors,
        ide: bool,
        origins: Sequence[str],
    ) -> None:
        """Pages of `origins` may open a WebSocket from a browser; nothing rests on cookies, and a
        token must be shown besides.
        """
        super().__init__(
            schema,
            graphql_ide="graphiql" if ide else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            allowed_origins=origins,
            max_subscriptions_per_connection=AT_ONCE,
            connection_init_wait_timeout=INTRODUCTION,
        )
        self._parts = parts
        self._limits = limits
        self._doors = doors
        self._names = schema.names
        self._hints = schema.hints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        place = self._doors.place(receive)
        try:
            response = await self._answered(Request(scope, place.receive), place)
        except ClientGone:
            return
        await response(scope, receive, send)

    async def _answered(self, request: Request, place: Place) -> Response:
        began = time.perf_counter()
        response = await self._within_limits(request, place)
        outcome = getattr(request.state, "outcome", "done")
        telemetry.answered("gateway", "graphql", outcome, time.perf_counter() - began)
        return response

    async def _within_limits(self, request: Request, place: Place) -> Response:
        try:
            with place:
                return await self.run(request)
        except Problem as refused:
            return self._refused(request, refused)
        except HTTPException as refused:
            return self._refused_by_strawberry(request, refused)
        except Coded as refused:
            return answers.said(request, refused.formatted, HTTPStatus.SERVICE_UNAVAILABLE)

    def _refused(self, request: Request, refused: Problem) -> Response:
        about = EDGE[refused.code]
        error = {"message": about.detail, "extensions": {"code": answers.upper(refused.code)}}
        response = answers.said(request, error, about.status)
        response.headers.update({name.decode(): value.decode() for name, value in refused.headers})
        return response

    def _refused_by_strawberry(self, request: Request, refused: HTTPException) -> Response:
        # Its reasons can hold an operation's name, so they stay here.
        code = answers.code_of(refused)
        error = {"message": CODES[code], "extensions": {"code": code}}
        return answers.said(request, error, HTTPStatus(refused.status_code))

    # --- What strawberry asks for ---

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        by_socket = isinstance(request, WebSocket)
        context = Context(
            parts=self._parts,
            headers=dict(request.headers.items()),
            token=answers.bearer(request),
            closing=response.close if isinstance(response, WebSocket) else None,
            trace=self._trace(request),
            doors=self._doors if by_socket or self._is_stream(request) else None,
            counts=by_socket,
        )
        # Who comes by a WebSocket and may not is turned away once it is open.
        with suppress(Problem) if by_socket else nullcontext():
            await context.identify()
        if not by_socket and context.known is None and self._must_be_known(context):
            raise Problem("not-authenticated")
        return context

    def _is_stream(self, request: HTTPConnection) -> bool:
        return self._get_stream_transport_from_headers(request.headers) is not None

    def _must_be_known(self, context: Context) -> bool:
        """Before the body is read. Strangers may look at the schema, where it is shown."""
        return context.token is not None or not self._limits.introspection

    def _trace(self, request: HTTPConnection) -> Trace:
        """As the front has it; a WebSocket, which does not pass there, has one for all it asks."""
        return known_or_new(request.scope, self._parts.new_id)

    async def on_ws_connect(self, context: Context) -> Any:
        told = context.connection_params
        given = {str(name).lower(): value for name, value in told.items()}.get("authorization")
        if isinstance(given, str):
            context.token = given.partition(" ")[2].strip() or given
            with suppress(Problem):  # turned away below, like all who are not known
                await context.identify()
        if context.known is None:
            raise ConnectionRejectionError
        return UNSET

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        if request.method == "GET":
            content = dict(self.parse_query_params(request.query_params))
        else:
            content = bodies.parsed(await request.get_body())
        data = self._request(content, request.headers)
        if len((data.query or "").encode()) > self._limits.query_bytes:
            raise Problem("body-too-large")
        return data

    def _request(
        self, content: Mapping[str, Any], headers: Mapping[str, str]
    ) -> GraphQLRequestData:
        variables, name = content.get("variables"), content.get("operationName")
        extensions = content.get("extensions")
        fits = (
            isinstance(content.get("query"), str | None)
            and isinstance(content.get("documentId"), str | None)
            and isinstance(variables, dict | None)
            and isinstance(name, str | None)
            and isinstance(extensions, dict | None)
        )
        query = self._parts.trusted.text(content) if fits else None
        if query is None:
            raise HTTPException(400, "")
        transport = self._get_stream_transport_from_headers(headers)
        return GraphQLRequestData(
            query=query,
            variables=variables,
            operation_name=name,
            extensions=extensions,
            protocol=transport.protocol if transport else "http",
        )

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        response: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            said = (shown(each, self._names, hints=self._hints) for each in result.errors)
            response["errors"] = [each.formatted for each in said]
        if result.extensions:
            response["extensions"] = result.extensions
        if isinstance(result, PreExecutionError):
            del response["data"]
            request.state.status = answers.status_before_execution(request, response)
        elif result.data is None:
            request.state.status = answers.status_without_data(response)
        request.state.outcome = answers.outcome(response)
        request.state.sub.status_code = getattr(request.state, "status", HTTPStatus.OK)
        return response

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        made = await super().get_sub_response(request)
        if isinstance(request, Request):
            made.media_type = answers.accepts(request)
            request.state.sub = made
        return made

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        return Response(
            orjson.dumps(response_data),
            status_code=sub_response.status_code or HTTPStatus.OK,
            media_type=f"{sub_response.media_type}; charset=utf-8",
            headers={**answers.headers(sub_response.status_code), **_later(response_data)},
        )

    def decode_json(self, data: str | bytes) -> object:
        """Of WebSocket messages and GET parameters, as strictly as bodies."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        if len(raw) > LARGEST_BODY:
            raise json.JSONDecodeError("body-too-large", "", 0)
        try:
            return bodies.parsed(raw)
        except Problem as refused:
            raise json.JSONDecodeError(refused.code, "", 0) from None

    async def render_graphql_ide(self, request: Request) -> Response:
        _ = request
        return graphiql.page()


def _later(response: GraphQLHTTPResponse | list[GraphQLHTTPResponse]) -> Mapping[str, str]:
    """When to come again, where nothing else came of it."""
    if isinstance(response, list) or response.get("data") is not None:
        return {}
    seconds = answers.retry_after(response)
    return {} if seconds is None else {"Retry-After": str(seconds)}
