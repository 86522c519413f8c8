"""What all operations say alike: headers, answers, problems."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from libs.web.bodies import Json

BEARER: Json = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "An access token of a trusted issuer, with the claims tenant_id, person_id, "
    "roles and scope. People need no scope.",
}


def reference(name: str, kind: str = "schemas") -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def parameter(name: str) -> Json:
    return reference(name, "parameters")


def _header(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
    }


def _text(least: int, most: int, **more: Any) -> Json:
    return {"type": "string", "minLength": least, "maxLength": most, **more}


_UUID: Json = {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}
_TAG: Json = _text(3, 12, pattern='^"[0-9]{1,9}"$', examples=['"3"'])
_TOKEN: Json = _text(1, 2048)
_INSTANT: Json = {"type": "string", "format": "date-time", "maxLength": 40}

PARAMETERS: Json = {
    "Id": {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The aggregate's id.",
        "schema": _UUID,
    },
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "Makes repeating safe: the same key with the same request is done once and answered "
        "alike, for at least 7 days. A UUID is recommended.",
        _text(1, 255, pattern="^[\\x20-\\x7e]+$"),
        required=True,
    ),
    "IfMatch": _header("If-Match", "Only if it still is at this version.", _TAG),
    "IfMatchRequired": _header(
        "If-Match", "Only if it still is at this version.", _TAG, required=True
    ),
    "IfNoneMatch": _header(
        "If-None-Match", "The versions that one has: 304 if it is one of them.", _text(1, 500)
    ),
    "InterludeAfter": _header(
        "Interlude-After",
        "The consistency token of an earlier answer: waits, at most half a second, until this "
        "service knows what that answer wrote.",
        _TOKEN,
    ),
    "CorrelationId": _header("X-Correlation-Id", "Goes along with all that follows.", _UUID),
    "Traceparent": _header("traceparent", "W3C trace context.", _text(55, 55)),
    "AsOf": {
        "name": "as_of",
        "in": "query",
        "required": False,
        "description": "As it had been recorded by then (RFC 3339).",
        "schema": _INSTANT,
    },
}

HEADERS: Json = {
    "ETag": {"description": "The stream's version.", "schema": _TAG},
    "Location": {"description": "Where it can be read.", "schema": _text(1, 200)},
    "Consistency": {
        "description": "What to send as Interlude-After to see this write.",
        "schema": _TOKEN,
    },
    "Replayed": {
        "description": "`true`: the key was known, and this was the answer then.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Allow": {"description": "The methods that are possible here.", "schema": _text(3, 100)},
    "RetryAfter": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}},
}


def _headers(**names: str) -> Json:
    return {name.replace("_", "-"): reference(kind, "headers") for name, kind in names.items()}


def answered(*, located: bool) -> Json:
    """Both answers to a command. `located`: they say where the thing can be read."""
    location = {"Location": "Location"} if located else {}
    headers = _headers(
        ETag="ETag",
        **location,
        Interlude_Consistency="Consistency",
        Idempotency_Replayed="Replayed",
    )
    content = {"application/json": {"schema": reference("Answer")}}
    words = {"201": "It is recorded.", "200": "It was already so; nothing had to change."}
    return {
        status: {"description": description, "headers": headers, "content": content}
        for status, description in words.items()
    }


UNCHANGED: Json = {"description": "You have it.", "headers": _headers(ETag="ETag")}


def shown(schema: Json, also: Sequence[str] = ()) -> Json:
    """`also` are the media types of other forms, of which no schema can say more than text."""
    texts = {each: {"schema": {"type": "string"}} for each in also}
    return {
        "description": "As it stands.",
        "headers": _headers(ETag="ETag"),
        "content": {"application/json": {"schema": schema}, **texts},
    }


def problems(*statuses: int) -> Json:
    return {str(status): reference(_problem(status), "responses") for status in statuses}


def _problem(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _refused(status: int) -> Json:
    described: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": reference("Problem")}},
    }
    if status in {409, 429, 503}:
        described["headers"] = _headers(Retry_After="RetryAfter")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        described["headers"] = _headers(Allow="Allow")
    return described


RESPONSES: Json = {
    _problem(status): _refused(status)
    for status in (400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503)
}

_CODE: Json = _text(1, 100, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")
_POINTER: Json = {
    "type": "string",
    "maxLength": 500,
    "description": "A JSON pointer into the body (RFC 6901); empty for the whole.",
}


def _object(description: str, required: list[str], **properties: Json) -> Json:
    return {
        "type": "object",
        "description": description,
        "required": required,
        "properties": properties,
    }


SCHEMAS: Json = {
    "Answer": _object(
        "What became of a command.",
        ["id", "version", "consistency", "notices"],
        id={**_UUID, "description": "The thing that was made or spoken of."},
        version={"type": "integer", "minimum": 1, "description": "Its stream's version."},
        consistency={**_TOKEN, "description": "For Interlude-After, here and at the gateway."},
        notices={"type": "array", "maxItems": 50, "items": reference("Notice")},
    ),
    "Notice": _object(
        "What a clinician should know but may overrule.",
        ["code", "pointer"],
        code=_CODE,
        pointer=_POINTER,
    ),
    "Problem": _object(
        "RFC 9457. Never holds what was sent.",
        ["type", "title", "status", "detail", "code", "errors", "trace_id"],
        type={"type": "string", "format": "uri", "maxLength": 200},
        title=_text(1, 200),
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=_text(1, 1000),
        code=_CODE,
        errors={"type": "array", "maxItems": 20, "items": reference("Fault")},
        trace_id={"type": "string", "maxLength": 32},
        current_version={
            "type": "integer",
            "minimum": 0,
            "description": "With `stale-version` only.",
        },
    ),
    "Fault": _object(
        "One place in the body and what is wrong with it.",
        ["pointer", "code", "message"],
        pointer=_POINTER,
        code=_CODE,
        message=_text(1, 1000),
    ),
    "CommandBatch": {
        **_object(
            "Commands of one client, in order.",
            ["commands"],
            commands={
                "type": "array",
                "minItems": 1,
                "maxItems": 200,
                "items": reference("QueuedCommand"),
            },
        ),
        "additionalProperties": False,
    },
    "QueuedCommand": {
        **_object(
            "One command as it would be sent alone.",
            ["operation", "idempotency_key", "body"],
            operation={**_text(1, 100), "description": "The operation id."},
            id={**_UUID, "description": "The id in the path, where it has one."},
            idempotency_key=_text(1, 255),
            if_match={"type": "integer", "minimum": 0, "maximum": 2**53},
            body={"type": "object"},
        ),
        "additionalProperties": False,
    },
    "CommandBatchAnswer": _object(
        "Every command's own answer.",
        ["answers"],
        answers={"type": "array", "maxItems": 200, "items": reference("QueuedAnswer")},
    ),
    "QueuedAnswer": _object(
        "As it would have been answered alone.",
        ["status", "headers", "body"],
        status={"type": "integer"},
        headers={"type": "object", "additionalProperties": _text(1, 4096)},
        body={"anyOf": [reference("Answer"), reference("Problem")]},
    ),
}
