"""How an answer is put over HTTP: its status, its content type, its headers, and what it is counted
as.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from strawberry.http import GraphQLHTTPResponse
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType

RESPONSE = "application/graphql-response+json"
LEGACY = "application/json"

_WITHOUT_DATA: Mapping[str, HTTPStatus] = {
    "UNAUTHENTICATED": HTTPStatus.UNAUTHORIZED,
    "OVERLOADED": HTTPStatus.SERVICE_UNAVAILABLE,
    "TOO_MANY_REQUESTS": HTTPStatus.TOO_MANY_REQUESTS,
    "AUDIT_UNAVAILABLE": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""When nothing but such errors came of a request, its status says so too."""


def code_of(refused: HTTPException) -> str:
    match refused.__cause__:
        case InvalidOperationTypeError(operation_type=OperationType.SUBSCRIPTION):
            return "SUBSCRIPTION_NEEDS_STREAM"
    return "METHOD_NOT_ALLOWED" if refused.status_code == 405 else "BAD_REQUEST"  # noqa: PLR2004 - HTTP


def bearer(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def accepts(request: Request) -> str:
    return RESPONSE if RESPONSE in request.headers.get("accept", "") else LEGACY


def status_without_data(response: GraphQLHTTPResponse) -> HTTPStatus:
    errors: list[Any] = response.get("errors") or []
    codes = {str((each.get("extensions") or {}).get("code")) for each in errors}
    return _WITHOUT_DATA.get(codes.pop(), HTTPStatus.OK) if len(codes) == 1 else HTTPStatus.OK


def status_before_execution(request: Request, response: GraphQLHTTPResponse) -> HTTPStatus:
    """Of what was refused before anything was asked for."""
    status = status_without_data(response)
    if status == HTTPStatus.OK and accepts(request) == RESPONSE:
        return HTTPStatus.BAD_REQUEST
    return status


def retry_after(response: GraphQLHTTPResponse) -> int | None:
    """Seconds, where the first error says so."""
    errors: list[Any] = response.get("errors") or []
    seconds = (errors[0].get("extensions") or {}).get("retryAfter") if errors else None
    return seconds if isinstance(seconds, int) else None


def outcome(response: GraphQLHTTPResponse) -> str:
    """`done`, or the code of the first error."""
    errors: list[Any] = response.get("errors") or []
    return lower(errors[0]["extensions"]["code"]) if errors else "done"


def said(request: Request, error: Mapping[str, Any], status: HTTPStatus) -> Response:
    request.state.outcome = lower(error["extensions"]["code"])
    return Response(
        orjson.dumps({"errors": [error]}),
        status_code=status,
        media_type=f"{accepts(request)}; charset=utf-8",
        headers=headers(status),
    )


def headers(status: int | None) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="interlude"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "GET, POST"
    return headers


def upper(code: str) -> str:
    return code.replace("-", "_").upper()


def lower(code: str) -> str:
    return code.replace("_", "-").lower()
