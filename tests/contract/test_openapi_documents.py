"""Every operation of every document says what it is, what it takes at most, and how it refuses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

OPENAPI = Path(__file__).parents[2] / "openapi"
SERVICES = ("care", "assignment", "diary", "review")
DOCUMENTS = {
    name: json.loads((OPENAPI / f"{name}.openapi.json").read_text())
    for name in (*SERVICES, "gateway")
}
BOUNDS = {"maxLength", "format", "enum", "const", "pattern"}

Json = dict[str, Any]


def operations(*names: str) -> list[tuple[str, Json]]:
    return [
        (name, operation)
        for name in names or DOCUMENTS
        for methods in DOCUMENTS[name]["paths"].values()
        for operation in methods.values()
    ]


def said(case: object) -> str:
    return case if isinstance(case, str) else str(case["operationId"])  # type: ignore[index]  # pytest asks for each argument


every_operation = pytest.mark.parametrize(("service", "operation"), operations(), ids=said)


def resolved(service: str, schema: Json) -> Json:
    while "$ref" in schema:
        here: Json = DOCUMENTS[service]
        for step in schema["$ref"].removeprefix("#/").split("/"):
            here = here[step]
        schema = here
    return schema


def body(operation: Json) -> Json:
    content: Json = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {})  # type: ignore[no-any-return]  # JSON


def asked(service: str, operation: Json) -> Iterator[tuple[str, Json]]:
    """Every schema of what a client sends: parameters, and the body with all its parts."""
    for parameter in operation.get("parameters", []):
        described = resolved(service, parameter)
        yield from parts(service, described["schema"], described["name"])
    yield from parts(service, body(operation).get("schema", {}), "")


def parts(
    service: str, schema: Json, path: str, seen: tuple[str, ...] = ()
) -> Iterator[tuple[str, Json]]:
    name = schema.get("$ref", "")
    if name and name in seen:
        return
    schema, seen = resolved(service, schema), (*seen, name)
    yield path, schema
    for at, within in schema.get("properties", {}).items():
        yield from parts(service, within, f"{path}/{at}", seen)
    for within in (*schema.get("anyOf", []), *schema.get("oneOf", [])):
        yield from parts(service, within, path, seen)
    if "items" in schema:
        yield from parts(service, schema["items"], f"{path}/*", seen)


def takes_text(schema: Json) -> bool:
    kind = schema.get("type", ())
    return "string" in ([kind] if isinstance(kind, str) else kind)


@every_operation
def test_an_operation_says_what_it_is(service: str, operation: Json) -> None:
    assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"]), service
    assert operation["summary"]
    assert operation["description"].endswith("."), "a sentence"
    assert operation["tags"]


@every_operation
def test_an_operation_says_how_it_refuses(service: str, operation: Json) -> None:
    if operation["tags"] in (["probes"], ["documentation"]):
        return
    refusals = {status: said for status, said in operation["responses"].items() if status >= "400"}
    assert {"400", "401", "500", "503"} <= set(refusals)
    for refusal in refusals.values():
        described = resolved(service, refusal)
        assert described["description"]
        assert described["content"]


@pytest.mark.parametrize(("service", "operation"), operations(*SERVICES), ids=said)
def test_a_refusal_of_a_service_is_a_problem(service: str, operation: Json) -> None:
    for status, refusal in operation["responses"].items():
        if status >= "400":
            assert set(resolved(service, refusal)["content"]) == {"application/problem+json"}


@every_operation
def test_every_text_that_is_sent_has_its_bounds(service: str, operation: Json) -> None:
    unbounded = [
        path
        for path, schema in asked(service, operation)
        if takes_text(schema) and not BOUNDS & schema.keys()
    ]
    assert unbounded == []


@every_operation
def test_every_body_has_an_example_that_fits(service: str, operation: Json) -> None:
    if "requestBody" not in operation:
        return
    content = body(operation)
    examples = content.get("examples", {})
    assert examples
    whole = {**content["schema"], "components": DOCUMENTS[service]["components"]}
    Draft202012Validator.check_schema(content["schema"])
    for example in examples.values():
        Draft202012Validator(whole).validate(example["value"])


@every_operation
def test_every_example_of_a_field_fits_it(service: str, operation: Json) -> None:
    for path, schema in asked(service, operation):
        whole = {**schema, "components": DOCUMENTS[service]["components"]}
        for example in schema.get("examples", []):
            assert Draft202012Validator(whole).is_valid(example), path


def test_a_body_that_does_not_fit_would_be_noticed() -> None:
    (operation,) = [each for _, each in operations("assignment") if said(each) == "rateReadiness"]
    schema = {**body(operation)["schema"], "components": DOCUMENTS["assignment"]["components"]}
    validator = Draft202012Validator(schema)
    example = body(operation)["examples"]["story"]["value"]
    assert validator.is_valid(example)
    assert not validator.is_valid({**example, "readiness": 7})
    assert not validator.is_valid({**example, "mood": "good"})
