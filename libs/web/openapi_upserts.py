"""How the document of a service describes what is put under an identifier of another system."""

from typing import Any

from libs.web import openapi_parts as parts
from libs.web import securing
from libs.web.bodies import Json
from libs.web.by_identifier import WEIGHT, ByIdentifier

_IN_PATH: Json = {
    "system": ("Who gave the number: a URI or a name, escaped.", 200),
    "value": ("The number itself, escaped.", 120),
}

UPSERTED: Json = {
    "Upserted": {
        "type": "object",
        "description": "What became of something that another system knows.",
        "required": ["id", "version", "consistency", "notices", "outcome", "changed"],
        "properties": {
            "id": {
                "type": "string",
                "format": "uuid",
                "minLength": 36,
                "maxLength": 36,
                "description": "Its id here.",
            },
            "version": {"type": "integer", "minimum": 1, "description": "Its stream's version."},
            "consistency": {
                "type": "string",
                "minLength": 1,
                "maxLength": 2048,
                "description": "For Interlude-After, here and at the gateway.",
            },
            "notices": {"type": "array", "maxItems": 50, "items": parts.reference("Notice")},
            "outcome": {"type": "string", "enum": ["created", "changed", "unchanged"]},
            "changed": {
                "type": "array",
                "maxItems": 50,
                "items": {"type": "string", "minLength": 1, "maxLength": 100},
                "description": "The fields that were not so before.",
            },
        },
    }
}


def upserted(
    operation: ByIdentifier[Any, Any, Any], schema: Json, example: Json | None, about: str
) -> Json:
    content: Json = {"schema": schema}
    if example is not None:
        content["examples"] = {"story": {"value": example}}
    names = ("InterludeAfter", "CorrelationId", "Traceparent")
    return {
        "operationId": operation.name,
        "description": about,
        "tags": [operation.desk.aggregate.category],
        "parameters": [*map(_in_path, _IN_PATH), *map(parts.parameter, names)],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "201": _answered("It was not known here, and is recorded."),
            "200": _answered("It was known; what differed is recorded, `changed` says what."),
            **parts.problems(400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503),
        },
        "x-interlude-weight": WEIGHT,
        **securing.granted(operation.grant),
    }


def _in_path(name: str) -> Json:
    description, most = _IN_PATH[name]
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "minLength": 1, "maxLength": most},
    }


def _answered(description: str) -> Json:
    located = parts.answered(located=True)["201"]
    headers = {
        name: told for name, told in located["headers"].items() if name != "Idempotency-Replayed"
    }
    content = {"application/json": {"schema": parts.reference("Upserted")}}
    return {"description": description, "headers": headers, "content": content}
