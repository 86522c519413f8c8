"""Exports in the gateway's OpenAPI document."""

from typing import Any

from libs.web.openapi_parts import PARAMETERS, reference
from services.gateway.export.operations import OPERATIONS, Operation

Json = dict[str, Any]

SCHEMAS: Json = {
    "Record": {
        "type": "object",
        "description": "A record, as `export.schema.json` describes it to the last field. Its last"
        " word is `complete`: a record without it was cut off.",
        "required": ["format", "kind", "exported_at", "person"],
        "properties": {
            "format": {"type": "string", "const": "interlude.record.v1"},
            "kind": {"type": "string", "enum": ["record", "case"]},
            "exported_at": {"type": "string", "format": "date-time", "maxLength": 40},
            "person": {"type": "object"},
            "complete": {"type": "boolean"},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "maxLength": 200},
            "title": {"type": "string", "maxLength": 200},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "maxLength": 1000},
            "code": {"type": "string", "maxLength": 64},
            "errors": {"type": "array", "items": {"type": "object"}},
            "trace_id": {"type": "string", "maxLength": 64},
        },
    },
}

_SAYS = {
    "record": (
        "My record, to take away",
        "The caller's own record, whole, as of one moment: also what they have shared with nobody.",
    ),
    "case": (
        "A case, to take away",
        "All that is recorded about a patient of theirs, but for what is the patient's alone.",
    ),
}

_FORMS = (
    " JSON, or with `Accept: text/html` a page to read. It is sent as it is read: whoever reads for"
    " longer than a minute is cut off, and a record that broke off has `complete: false` or no end."
)

PROBLEM = reference("Problem")

REFUSALS = {
    "400": "Not a request of this API.",
    "401": "No valid token.",
    "403": "Not for this role, or not any more.",
    "404": "There is no such patient, or none of yours.",
    "405": "Another method than GET.",
    "429": "So much is too much: try again after Retry-After seconds.",
    "431": "More of an address and headers than is read.",
    "500": "Our mistake.",
    "503": "Try again after Retry-After seconds: nothing of it was sent.",
}


def paths(after: Json) -> Json:
    """`after` is the parameter with a consistency token."""
    return {each.path: {"get": _described(each, after)} for each in OPERATIONS}


def _described(operation: Operation, after: Json) -> Json:
    summary, about = _SAYS[operation.kind]
    named = [PARAMETERS["Id"]] if "{id}" in operation.path else []
    problem = {"application/problem+json": {"schema": PROBLEM}}
    return {
        "operationId": operation.name,
        "summary": summary,
        "description": about + _FORMS,
        "tags": ["export"],
        "security": [{"bearer": []}],
        "x-interlude-grant": dict(operation.granted.relations),
        "parameters": [*named, after],
        "responses": {
            "200": {"description": "As of now.", "content": _CONTENT},
            **{
                status: {"description": said, "content": problem}
                for status, said in REFUSALS.items()
            },
        },
    }


_CONTENT: Json = {
    "application/json": {"schema": reference("Record")},
    "text/html": {"schema": {"type": "string"}},
}
