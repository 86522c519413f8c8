"""The same problems for what FastAPI and Starlette refuse themselves: lost paths, wrong methods,
parameters that do not fit, and bugs.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.eventstore.decider import Rejected
from libs.web.codes import EDGE
from libs.web.problems import Fault, FieldsInvalid, Problem, Problems, fault
from libs.web.replies import Header

_BY_STATUS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "not-authenticated",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body-too-large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid-request",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "overloaded",
}
_KEPT = {"allow", "retry-after"}


def install(app: FastAPI, statuses: Mapping[type[Rejected], HTTPStatus] | None = None) -> Problems:
    """Every error of this app is a problem from here on. `statuses`: rules that are not 409."""
    problems = Problems(statuses)
    # To another path of whatever host the request has named.
    app.router.redirect_slashes = False

    async def answered(request: Request, error: Exception) -> Response:
        trace = request.scope.get("interlude.trace")
        reply = problems.reply(translated(error), "" if trace is None else trace.trace_id)
        response = Response(reply.body, reply.status)
        response.raw_headers.extend(reply.headers)
        return response

    for kind in (HTTPException, RequestValidationError, Problem, Rejected, Exception):
        app.add_exception_handler(kind, answered)
    return problems


def translated(error: Exception) -> Exception:
    """A framework's exception as one of ours; all others as they are."""
    match error:
        case RequestValidationError():
            return _unfit(error)
        case HTTPException():
            return _refused(error)
        case _:
            return error


def _refused(error: HTTPException) -> Problem:
    headers: Sequence[Header] = [
        (name.lower().encode(), value.encode())
        for name, value in (error.headers or {}).items()
        if name.lower() in _KEPT
    ]
    unknown = "malformed-request" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else None
    return Problem(_BY_STATUS.get(error.status_code, unknown or "internal-error"), headers=headers)


def _unfit(error: RequestValidationError) -> Problem:
    found: Sequence[Any] = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return Problem("malformed-json")
    return FieldsInvalid(*dict.fromkeys(_parameter(each) for each in found))


def _parameter(found: Mapping[str, Any]) -> Fault:
    """Only the place (`body`, `query`…) and, for parameters, the name that we gave it."""
    place, *rest = found["loc"]
    name = f"/{rest[0]}" if place in {"query", "path", "header"} and rest else ""
    code = "missing" if found["type"] == "missing" else "invalid-value"
    return fault(f"/{place}{name}", code, EDGE[code].detail)
