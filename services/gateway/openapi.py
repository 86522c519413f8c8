"""The gateway's own HTTP, described. GraphQL describes itself: `gateway.graphql`."""

from typing import Any

from libs.web.openapi_parts import BEARER, reference

Json = dict[str, Any]

_REQUEST: Json = {
    "type": "object",
    "required": ["query"],
    "additionalProperties": True,
    "properties": {
        "query": {"type": "string", "minLength": 1, "maxLength": 65536},
        "operationName": {"type": ["string", "null"], "maxLength": 255},
        "variables": {"type": ["object", "null"]},
        "extensions": {"type": ["object", "null"]},
    },
}

_ANSWER: Json = {
    "type": "object",
    "properties": {
        "data": {"type": ["object", "null"]},
        "errors": {"type": "array", "items": reference("GraphQLError")},
        "extensions": {"type": "object"},
    },
}

_ERROR: Json = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {"type": "string", "maxLength": 1000},
        "path": {"type": "array", "items": {"type": ["string", "integer"]}},
        "locations": {"type": "array", "items": {"type": "object"}},
        "extensions": {
            "type": "object",
            "properties": {"code": {"type": "string", "maxLength": 64}},
        },
    },
}

_AFTER: Json = {
    "name": "Interlude-After",
    "in": "header",
    "required": False,
    "description": "A command's `consistency`: queries wait until it is visible, 500 ms at most.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 2048},
}

_STATUS: Json = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"type": "string", "maxLength": 64},
        "failing": {"type": "array", "items": {"type": "string", "maxLength": 64}},
    },
}


def document() -> Json:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Interlude: gateway",
            "version": "1",
            "description": "GraphQL for therapist and patient clients, over HTTP, WebSocket"
            " (graphql-transport-ws at /graphql) and server-sent events.",
        },
        "paths": {
            "/graphql": {"post": _graphql()},
            "/graphql/stream": {"post": _stream()},
            "/livez": {"get": _probe("livez", "Whether the process is alive.")},
            "/readyz": {"get": _probe("readyz", "Whether it may be sent requests.")},
        },
        "components": {
            "schemas": {
                "GraphQLRequest": _REQUEST,
                "GraphQLAnswer": _ANSWER,
                "GraphQLError": _ERROR,
                "Status": _STATUS,
            },
            "securitySchemes": {"bearer": BEARER},
        },
    }


def _graphql() -> Json:
    about = "A query or a mutation. Codes of errors are in `errors[].extensions.code`."
    answer = {"schema": reference("GraphQLAnswer")}
    kinds = {"application/graphql-response+json": answer, "application/json": answer}
    words = {
        "200": "Answered, with data, with errors, or both.",
        "400": "Not a GraphQL request, or a document that does not fit the schema.",
        "401": "No valid token.",
        "413": "More than this takes.",
        "415": "Not JSON.",
        "503": "Try again after Retry-After seconds.",
    }
    responses = {code: {"description": said, "content": kinds} for code, said in words.items()}
    return {**_operation("graphql", "Ask, or command", about), "responses": responses}


def _stream() -> Json:
    about = (
        "graphql-sse in its distinct connections mode: a subscription (or any operation) with"
        " `Accept: text/event-stream`; `next` events, then `complete`."
    )
    events = {"text/event-stream": {"schema": {"type": "string", "maxLength": 1048576}}}
    return {
        **_operation("graphqlStream", "Watch", about),
        "responses": {"200": {"description": "Events, as they happen.", "content": events}},
    }


def _operation(name: str, summary: str, about: str) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "description": about,
        "tags": ["graphql"],
        "security": [{"bearer": []}],
        "parameters": [_AFTER],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": reference("GraphQLRequest")}},
        },
    }


def _probe(name: str, about: str) -> Json:
    content = {"application/json": {"schema": reference("Status")}}
    responses = {"200": {"description": "Yes.", "content": content}}
    if name == "readyz":
        responses["503"] = {"description": "Not now.", "content": content}
    return {"operationId": name, "summary": about, "tags": ["probes"], "responses": responses}
