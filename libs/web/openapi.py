"""The OpenAPI 3.1 document of a service, written from its operations.

Ours and not FastAPI's, because our operations are not FastAPI's routes, and because requests, views
and events describe the same private text differently.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from libs.web import openapi_parts as parts
from libs.web import securing
from libs.web.batch import CommandBatch
from libs.web.bodies import Json
from libs.web.by_identifier import ByIdentifier
from libs.web.looks import PatientLooks
from libs.web.openapi_looks import LOOKS, looks_at
from libs.web.openapi_upserts import UPSERTED, upserted
from libs.web.operations import Operation
from libs.web.performing import CommandOperation
from libs.web.schemas import Schemas
from libs.web.views import Show

Examples = Mapping[str, Json]
"""Bodies by operation id."""

_A_KEY = "01990000-0000-7000-8000-0000000000e1"


def document(
    title: str,
    description: str,
    operations: Sequence[Operation],
    examples: Examples | None = None,
    *,
    version: str = "1",
) -> Json:
    commands = [each for each in operations if isinstance(each, CommandOperation)]
    shows = [each for each in operations if isinstance(each, Show)]
    upserts = [each for each in operations if isinstance(each, ByIdentifier)]
    shapes = [*(each.shape for each in commands), *(each.shape for each in upserts)]
    schemas = Schemas(shapes, [each.view for each in shows])
    scopes = {
        **{each.name: each.grant.scope for each in commands},
        **{each.name: each.grant.scope for each in shows},
        **{each.name: each.grant.scope for each in upserts},
    }
    put = UPSERTED if upserts else {}
    paths: dict[str, Json] = {}
    for operation in operations:
        described = _operation(operation, schemas, examples or {})
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "description": description, "version": version},
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": securing.schemes(scopes),
            "parameters": parts.PARAMETERS,
            "headers": parts.HEADERS,
            "responses": parts.RESPONSES,
            "schemas": dict(
                sorted({**parts.SCHEMAS, **LOOKS, **put, **schemas.components}.items())
            ),
        },
    }


def _operation(operation: Operation, schemas: Schemas, examples: Examples) -> Json:
    match operation:
        case CommandOperation():
            return _command(operation, schemas, examples.get(operation.name))
        case Show():
            return _show(operation, schemas)
        case ByIdentifier():
            schema, about = schemas.of_request(operation.shape), documented(operation.shape.request)
            described = upserted(operation, schema, examples.get(operation.name), about)
            return {**described, "summary": words(operation.name)}
        case CommandBatch():
            return _batch(operation, examples)
        case PatientLooks():
            return looks_at(operation.name, operation.grant)
        case _:
            raise TypeError(f"{operation.name} cannot be described")


def _command(
    operation: CommandOperation[Any, Any, Any], schemas: Schemas, example: Json | None
) -> Json:
    terms = operation.terms
    content: Json = {"schema": schemas.of_request(operation.shape)}
    if example is not None:
        content["examples"] = {"story": {"value": example}}
    return {
        "operationId": operation.name,
        "summary": words(operation.name),
        "description": documented(operation.shape.request),
        "tags": [operation.desk.aggregate.category],
        "parameters": [parts.parameter(name) for name in _of_command(operation)],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            **parts.answered(located=terms.location is not None),
            **parts.problems(*_refusals(operation)),
        },
        "x-interlude-command": {
            "aggregate": operation.desk.aggregate.category,
            "creates": terms.creates,
            "path": operation.path,
            "patients_act": terms.patients_act,
        },
        **securing.granted(terms.grant),
        **_weighing(terms.weight),
    }


def _of_command(operation: CommandOperation[Any, Any, Any]) -> Iterator[str]:
    if not operation.terms.creates:
        yield "Id"
    yield "IdempotencyKey"
    if not operation.terms.creates:
        yield "IfMatchRequired" if operation.terms.required_if_match else "IfMatch"
    yield from ("InterludeAfter", "CorrelationId", "Traceparent")


def _refusals(operation: CommandOperation[Any, Any, Any]) -> Iterator[int]:
    yield from (400, 401, 403, 404, 405, 409)
    if not operation.terms.creates:
        yield 412
    yield from (413, 415, 422)
    if operation.terms.required_if_match:
        yield 428
    yield from (429, 500, 503)


def _show(operation: Show[Any, Any, Any], schemas: Schemas) -> Json:
    names = ("Id", "AsOf", "IfNoneMatch", "InterludeAfter", "CorrelationId", "Traceparent")
    return {
        "operationId": operation.name,
        "summary": words(operation.name),
        "description": documented(operation.view),
        "tags": [operation.desk.aggregate.category],
        "parameters": [parts.parameter(name) for name in names],
        "responses": {
            "200": parts.shown(schemas.of_view(operation.view), operation.also),
            "304": parts.UNCHANGED,
            **parts.problems(400, 401, 403, 404, 405, 429, 500, 503),
        },
        **securing.granted(operation.grant),
        **_weighing(operation.weight),
    }


def _weighing(weight: int) -> Json:
    """Where it counts as more than one request."""
    return {"x-interlude-weight": weight} if weight > 1 else {}


def _batch(operation: CommandBatch, examples: Examples) -> Json:
    names = ("InterludeAfter", "CorrelationId", "Traceparent")
    content: Json = {"schema": parts.reference("CommandBatch")}
    first = next((each for each in operation.created if each in examples), None)
    if first is not None:
        queued = {"operation": first, "idempotency_key": _A_KEY, "body": examples[first]}
        content["examples"] = {"one": {"value": {"commands": [queued]}}}
    return {
        "operationId": operation.name,
        "summary": "Send queued commands",
        "description": (
            "Up to 200 commands of one client, 1 MiB in all, in order. Each has its own "
            "idempotency key and is answered by itself; a refusal of one does not stop the others. "
            "An integrator's token needs the scope of each."
        ),
        "tags": ["commands"],
        "parameters": [parts.parameter(name) for name in names],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "200": {
                "description": "Every command's own answer, in the order sent.",
                "content": {"application/json": {"schema": parts.reference("CommandBatchAnswer")}},
            },
            **parts.problems(400, 401, 405, 413, 415, 422, 429, 500, 503),
        },
        "security": [securing.PEOPLE, {securing.INTEGRATOR: []}],
    }


def words(name: str) -> str:
    """`rateReadiness` as people say it."""
    spaced = "".join(f" {each.lower()}" if each.isupper() else each for each in name)
    return spaced.strip().capitalize()


def documented(kind: type) -> str:
    """The docstring somebody wrote; dataclasses invent one that repeats the signature."""
    written = vars(kind).get("__doc__") or ""
    return "" if written.startswith(f"{kind.__name__}(") else " ".join(written.split())
