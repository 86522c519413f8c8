"""Whatever a command takes has a bound: no text, number or list may be as large as it likes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]

OPENAPI = Path(__file__).parents[2] / "openapi"
SERVICES = ("care", "assignment", "diary", "review")

BOUNDS: dict[str, tuple[set[str], ...]] = {
    "string": ({"maxLength", "enum", "const", "format", "pattern"},),
    "integer": ({"minimum", "exclusiveMinimum", "enum"}, {"maximum", "enum"}),
    "number": ({"minimum", "exclusiveMinimum"}, {"maximum"}),
    "array": ({"maxItems"},),
}
"""Of each group one."""

ELSEWHERE = {
    "QueuedCommand/body": "any command's; it is bounded as that command's own",
}


def described(service: str) -> Json:
    document: Json = json.loads((OPENAPI / f"{service}.openapi.json").read_text())
    return document


def requests(document: Json) -> Iterator[Json]:
    for operations in document["paths"].values():
        if "post" in operations:
            yield operations["post"]["requestBody"]["content"]["application/json"]["schema"]


def unbounded(document: Json, schema: Json, path: str, seen: set[str]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            seen.add(name)
            yield from unbounded(document, document["components"]["schemas"][name], name, seen)
        return
    if not all(group & set(schema) for group in BOUNDS.get(schema.get("type", ""), ())):
        yield path
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield path
    for way in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(way, ()):
            yield from unbounded(document, each, path, seen)
    if "items" in schema:
        yield from unbounded(document, schema["items"], f"{path}[]", seen)
    for name, each in schema.get("properties", {}).items():
        yield from unbounded(document, each, f"{path}/{name}", seen)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_that_a_command_takes_is_without_a_bound(service: str) -> None:
    document, seen = described(service), set[str]()
    found = {
        path for each in requests(document) for path in unbounded(document, each, "body", seen)
    }
    assert found - set(ELSEWHERE) == set()
