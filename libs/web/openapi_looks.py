"""How the document of a service describes who looked."""

from typing import get_args

from libs.access.policy import Grant
from libs.audit.record import Reason, Verb
from libs.eventstore.telling import Role
from libs.web import openapi_parts as parts
from libs.web.bodies import Json
from libs.web.looks import LARGEST, USUAL
from libs.web.securing import PEOPLE

_CURSOR: Json = {"type": "string", "minLength": 1, "maxLength": 100}
_UUID: Json = {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36}
_INSTANT: Json = {"type": "string", "format": "date-time", "maxLength": 40}
_WORD: Json = {"type": "string", "minLength": 1, "maxLength": 500}

LOOKS: Json = {
    "Look": {
        "type": "object",
        "description": "Somebody looked at the record, or wrote into it.",
        "required": [
            "cursor",
            "at",
            "person_id",
            "role",
            "reason",
            "verb",
            "action",
            "on_behalf",
        ],
        "properties": {
            "cursor": {**_CURSOR, "description": "Where it stands, for `after`."},
            "at": {**_INSTANT, "description": "When they were answered."},
            "person_id": {**_UUID, "description": "Who."},
            "role": {"type": "string", "enum": list(get_args(Role))},
            "reason": {
                "type": "string",
                "enum": list(get_args(Reason)),
                "description": "In what relation to the patient, or for what work.",
            },
            "verb": {"type": "string", "enum": list(get_args(Verb))},
            "action": {**_WORD, "description": "The operation: `assignment`, `rateReadiness`."},
            "on_behalf": {
                "type": "boolean",
                "description": "They told what was the patient's own act.",
            },
        },
    },
    "Looks": {
        "type": "object",
        "description": "A page of them, the newest first.",
        "required": ["looks", "more"],
        "properties": {
            "looks": {
                "type": "array",
                "maxItems": LARGEST,
                "items": parts.reference("Look"),
            },
            "more": {"type": "boolean", "description": "There are older ones."},
        },
    },
}


def looks_at(name: str, granted: Grant) -> Json:
    headers = [parts.parameter(each) for each in ("Id", "CorrelationId", "Traceparent")]
    return {
        "operationId": name,
        "summary": "Who looked",
        "description": (
            "Who looked at one's record in this service or wrote into it, and why; not oneself, "
            "and nobody who was refused."
        ),
        "tags": ["audit"],
        "parameters": [*headers, _first(), _after()],
        "responses": {
            "200": {
                "description": "A page.",
                "content": {"application/json": {"schema": parts.reference("Looks")}},
            },
            **parts.problems(400, 401, 403, 404, 405, 429, 500, 503),
        },
        "security": [PEOPLE],
        "x-interlude-grant": dict(granted.relations),
    }


def _first() -> Json:
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": USUAL}
    return _query("first", "How many at most.", schema)


def _after() -> Json:
    return _query("after", "The cursor of the last one that one has seen.", _CURSOR)


def _query(name: str, description: str, schema: Json) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
