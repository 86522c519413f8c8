"""The gateway's own HTTP, described. GraphQL describes itself: `gateway.graphql`."""

from typing import Any

from libs.web.openapi_parts import BEARER, reference
from services.gateway import consents
from services.gateway.export import described as exports

Json = dict[str, Any]

_REQUEST: Json = {
    "type": "object",
    "description": "By its text, or by the SHA-256 of a trusted document.",
    "anyOf": [{"required": ["query"]}, {"required": ["documentId"]}],
    "additionalProperties": True,
    "properties": {
        "query": {"type": "string", "minLength": 1, "maxLength": 65536},
        "documentId": {"type": "string", "pattern": "^(sha256:)?[0-9a-f]{64}$", "maxLength": 71},
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


_STREAM_EVENT: Json = {
    "type": "object",
    "description": "One event of the stream, by its fields; `data` of `next` is a GraphQLAnswer.",
    "properties": {
        "event": {"enum": ["next", "complete"]},
        "data": {"type": "string", "maxLength": 1048576},
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
            "/graphql": {"get": _query(), "post": _graphql()},
            "/graphql/stream": {"post": _stream()},
            **exports.paths(_AFTER),
            **consents.path(),
            "/events": {"get": _events()},
            "/livez": {"get": _probe("livez", "Alive?", "Whether the process is alive.")},
            "/readyz": {"get": _probe("readyz", "Ready?", "Whether it may be sent requests.")},
        },
        "components": {
            "schemas": {
                "GraphQLRequest": _REQUEST,
                "GraphQLAnswer": _ANSWER,
                "GraphQLError": _ERROR,
                "Status": _STATUS,
                "StreamEvent": _STREAM_EVENT,
                **exports.SCHEMAS,
                **consents.SCHEMAS,
            },
            "securitySchemes": {"bearer": BEARER},
        },
    }


_REFUSALS = {
    "400": "Not a GraphQL request, or a document that does not fit the schema.",
    "401": "No valid token.",
    "405": "Another method than GET and POST.",
    "413": "More than this takes.",
    "415": "Not JSON.",
    "422": "JSON, but no object.",
    "429": "One token asks for too much: try again after Retry-After seconds.",
    "431": "More of an address and headers than is read.",
    "500": "Our mistake.",
    "503": "Try again after Retry-After seconds.",
}

_ANSWERED: Json = {
    kind: {"schema": reference("GraphQLAnswer")}
    for kind in ("application/graphql-response+json", "application/json")
}

_BODY: Json = {
    "required": True,
    "content": {
        "application/json": {
            "schema": reference("GraphQLRequest"),
            "examples": {"me": {"value": {"query": "{ me { name roles } }"}}},
        }
    },
}


def _asked(name: str, about: str, most: int, *, required: bool = False) -> Json:
    schema = {"type": "string", "minLength": 1, "maxLength": most}
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": about,
        "schema": schema,
    }


_IN_THE_URL = [
    _asked("query", "The document, unless it is named.", 65536),
    _asked("documentId", "The SHA-256 of a trusted document.", 71),
    _asked("operationName", "Which of the document's operations.", 255),
    _asked("variables", "JSON.", 262144),
    _asked("extensions", "JSON.", 262144),
]


def _query() -> Json:
    about = "A query in the address: no mutation. In a browser of the local profile: GraphiQL."
    asked = _operation("graphqlQuery", "Ask", about, _answers())
    return {**asked, "parameters": [*_IN_THE_URL, _AFTER]}


def _graphql() -> Json:
    about = "A query or a mutation. Codes of errors are in `errors[].extensions.code`."
    asked = _operation("graphql", "Ask, or command", about, _answers())
    return {**asked, "requestBody": _BODY}


def _stream() -> Json:
    about = (
        "graphql-sse in its distinct connections mode: a subscription (or any operation) with"
        " `Accept: text/event-stream`; `next` events, then `complete`."
    )
    events = {"text/event-stream": {"schema": reference("StreamEvent")}}
    answers = {**_answers(), "200": {"description": "Events, as they happen.", "content": events}}
    return {**_operation("graphqlStream", "Watch", about, answers), "requestBody": _BODY}


def _answers() -> Json:
    words = {"200": "Answered, with data, with errors, or both.", **_REFUSALS}
    return {status: {"description": said, "content": _ANSWERED} for status, said in words.items()}


def _operation(name: str, summary: str, about: str, answers: Json) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "description": about,
        "tags": ["graphql"],
        "security": [{"bearer": []}],
        "parameters": [_AFTER],
        "responses": answers,
    }


def _events() -> Json:
    page = {"text/html": {"schema": {"type": "string", "maxLength": 16777216}}}
    return {
        "operationId": "events",
        "summary": "The catalogue of events",
        "description": "Every event with its fields, versions and an example, for people. Served"
        " where documentation is; `asyncapi.yaml` says the same to machines.",
        "tags": ["documentation"],
        "security": [],
        "responses": {
            "200": {"description": "A page that loads nothing from elsewhere.", "content": page},
            "404": {"description": "Documentation is off here."},
        },
    }


def _probe(name: str, summary: str, about: str) -> Json:
    content = {"application/json": {"schema": reference("Status")}}
    responses = {"200": {"description": "Yes.", "content": content}}
    if name == "readyz":
        responses["503"] = {"description": "Not now.", "content": content}
    return {
        "operationId": name,
        "summary": summary,
        "description": about,
        "tags": ["probes"],
        "security": [],
        "responses": responses,
    }
