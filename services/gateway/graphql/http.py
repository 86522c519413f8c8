"""GraphQL over HTTP, WebSocket and server-sent events: bodies read strictly, statuses to the
letter, no answer that repeats what was sent.
"""

import json
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
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
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from libs.web import bodies, telemetry
from libs.web.bodies import ClientGone
from libs.web.codes import EDGE
from libs.web.headers import Trace, trace_of
from libs.web.limits import Doors
from libs.web.problems import Problem
from services.gateway import graphiql
from services.gateway.graphql.codes import CODES
from services.gateway.graphql.context import Context, Parts
from services.gateway.graphql.errors import Coded, shown
from services.gateway.graphql.limits import Limits
from services.gateway.graphql.schema import Schema
from services.gateway.graphql.sockets import AT_ONCE, Socket, SocketHandler

RESPONSE = "application/graphql-response+json"
LEGACY = "application/json"

_WITHOUT_DATA: Mapping[str, HTTPStatus] = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "OVERLOADED": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""When nothing but such errors came of a request, its status says so too."""

PATHS = ("/graphql", "/graphql/stream")

LARGEST_BODY = 256 * 1024


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
        self, schema: Schema, parts: Parts, *, limits: Limits, doors: Doors, ide: bool
    ) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if ide else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            allowed_origins=("*",),  # nothing here rests on cookies: a token must be shown
            max_subscriptions_per_connection=AT_ONCE,
        )
        self._parts = parts
        self._limits = limits
        self._doors = doors
        self._names = schema.names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        try:
            response = await self._answered(Request(scope, receive))
        except ClientGone:
            return
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        began = time.perf_counter()
        response = await self._within_limits(request)
        outcome = getattr(request.state, "outcome", "done")
        telemetry.answered("gateway", "graphql", outcome, time.perf_counter() - began)
        return response

    async def _within_limits(self, request: Request) -> Response:
        try:
            self._doors.enter()
        except Problem as full:
            return self._refused(request, full)
        try:
            return await self.run(request)
        except Problem as refused:
            return self._refused(request, refused)
        except HTTPException as refused:
            return self._refused_by_strawberry(request, refused)
        except Coded as refused:
            return _said(request, refused.formatted, HTTPStatus.SERVICE_UNAVAILABLE)
        finally:
            self._doors.leave()

    def _refused(self, request: Request, refused: Problem) -> Response:
        about = EDGE[refused.code]
        error = {"message": about.detail, "extensions": {"code": _upper(refused.code)}}
        response = _said(request, error, about.status)
        response.headers.update({name.decode(): value.decode() for name, value in refused.headers})
        return response

    def _refused_by_strawberry(self, request: Request, refused: HTTPException) -> Response:
        # Its reasons can hold an operation's name, so they stay here.
        code = _code_of(refused)
        error = {"message": CODES[code], "extensions": {"code": code}}
        return _said(request, error, HTTPStatus(refused.status_code))

    # --- What strawberry asks for ---

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        context = Context(
            parts=self._parts,
            headers=dict(request.headers.items()),
            token=_bearer(request),
            closing=response.close if isinstance(response, WebSocket) else None,
            trace=self._trace(request),
        )
        # Who comes by a WebSocket and may not is turned away once it is open.
        with suppress(Problem) if isinstance(request, WebSocket) else nullcontext():
            await context.identify()
        if isinstance(response, Response) and context.token and context.known is None:
            raise Problem("not-authenticated")
        return context

    def _trace(self, request: HTTPConnection) -> Trace:
        """As the front has it; a WebSocket, which does not pass there, has one for all it asks."""
        known: Trace | None = request.scope.get("interlude.trace")
        return known or trace_of(dict(request.scope["headers"]), self._parts.new_id)

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
        query, variables = content.get("query"), content.get("variables")
        name, extensions = content.get("operationName"), content.get("extensions")
        fits = (
            isinstance(query, str)
            and isinstance(variables, dict | None)
            and isinstance(name, str | None)
            and isinstance(extensions, dict | None)
        )
        if not fits:
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
            response["errors"] = [shown(each, self._names).formatted for each in result.errors]
        if result.extensions:
            response["extensions"] = result.extensions
        if isinstance(result, PreExecutionError):
            del response["data"]
            if _accepts(request) == RESPONSE:
                request.state.status = HTTPStatus.BAD_REQUEST
        elif result.data is None:
            request.state.status = _status_without_data(response)
        request.state.outcome = _outcome(response)
        request.state.sub.status_code = getattr(request.state, "status", HTTPStatus.OK)
        return response

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        made = await super().get_sub_response(request)
        if isinstance(request, Request):
            made.media_type = _accepts(request)
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
            headers=_headers(sub_response.status_code),
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


def _code_of(refused: HTTPException) -> str:
    match refused.__cause__:
        case InvalidOperationTypeError(operation_type=OperationType.SUBSCRIPTION):
            return "SUBSCRIPTION_NEEDS_STREAM"
    return "METHOD_NOT_ALLOWED" if refused.status_code == 405 else "BAD_REQUEST"  # noqa: PLR2004 - HTTP


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _accepts(request: Request) -> str:
    return RESPONSE if RESPONSE in request.headers.get("accept", "") else LEGACY


def _status_without_data(response: GraphQLHTTPResponse) -> HTTPStatus:
    errors: list[Any] = response.get("errors") or []
    codes = {str((each.get("extensions") or {}).get("code")) for each in errors}
    return _WITHOUT_DATA.get(codes.pop(), HTTPStatus.OK) if len(codes) == 1 else HTTPStatus.OK


def _outcome(response: GraphQLHTTPResponse) -> str:
    """`done`, or the code of the first error."""
    errors: list[Any] = response.get("errors") or []
    return _lower(errors[0]["extensions"]["code"]) if errors else "done"


def _said(request: Request, error: Mapping[str, Any], status: HTTPStatus) -> Response:
    request.state.outcome = _lower(error["extensions"]["code"])
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=status,
        media_type=f"{_accepts(request)}; charset=utf-8",
        headers=_headers(status),
    )


def _headers(status: int | None) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="interlude"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "GET, POST"
    return headers


def _upper(code: str) -> str:
    return code.replace("-", "_").upper()


def _lower(code: str) -> str:
    return code.replace("_", "-").lower()
