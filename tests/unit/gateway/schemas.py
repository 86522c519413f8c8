"""JSON Schemas, read as the tests of what is read of facts need them."""

from typing import Any

Json = dict[str, Any]


def plain(schema: Json, document: Json) -> Json:
    """Without references, and what a value is where it may also be null."""
    while True:
        choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
        if "$ref" in schema:
            schema = document["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        elif len(choices) == 1:
            schema = {**choices[0], **({"x-text": True} if schema.get("x-text") else {})}
        else:
            return schema
