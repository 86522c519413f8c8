"""An event's schema as consumers read it: sealed text is named once, not spelled at each field."""

from typing import Any

from libs.eventstore.wire import Json
from libs.privacy.reading import SEALED_SCHEMA


def with_sealed_named(schema: Json) -> Json:
    named: Json = _named(schema)
    if named == schema:
        return schema
    return {**named, "$defs": {**named.get("$defs", {}), "Sealed": SEALED_SCHEMA}}


def _named(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_named(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if all(schema.get(name) == value for name, value in _SHAPE.items()):
        kept = {name: value for name, value in schema.items() if name == "default"}
        return {**kept, "$ref": "#/$defs/Sealed"}
    return {name: _named(value) for name, value in schema.items()}


_SHAPE = {name: SEALED_SCHEMA[name] for name in ("type", "properties", "required")}
