"""`openapi/export.schema.json`, made from the shapes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import Field, create_model

from services.gateway.export import shapes
from services.gateway.export.chapters import CHAPTERS
from services.gateway.export.shapes import about, maybe
from services.gateway.projections.shapes import Shape

Json = dict[str, Any]

FORMAT = "interlude.record.v1"

TEXT: Json = {
    "description": "What somebody wrote; or that its key was destroyed; or that it is there and"
    " does not open.",
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"erased": {"const": True}},
            "required": ["erased"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"sealed": {"const": True}},
            "required": ["sealed"],
            "additionalProperties": False,
        },
    ],
}
_TEXT_REF = "#/$defs/Text"

_LOCAL_TIME: Json = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$"}
"""By the wall clock, without an offset, so it is no RFC 3339 date-time."""


def _model() -> type[Shape]:
    head: dict[str, Any] = {
        "format": (Literal["interlude.record.v1"], about("This version of this format.")),
        "kind": (
            Literal["record", "case"],
            about("A patient's own record, or a case, without what is the patient's alone."),
        ),
        "exported_at": (datetime, about("As of when.")),
        "clinic": (shapes.Clinic | None, maybe("Where.")),
        "person": (shapes.Person, about("Whose.")),
        "up_to": (shapes.UpTo, about("How far it goes.")),
    }
    chapters: dict[str, Any] = {
        each.name: (list[each.shape], about(f"{each.shape.__doc__}"))  # type: ignore[name-defined]  # made just now
        for each in CHAPTERS
    }
    foot: dict[str, Any] = {
        "counts": (dict[str, int], about("How many items each chapter has.")),
        "complete": (
            Literal[True],
            Field(description="The last word. A record without it was cut off."),
        ),
    }
    model: type[Shape] = create_model(
        "Record",
        __base__=Shape,
        __doc__="A patient's whole record, to take away.",
        __module__=__name__,
        **head,
        **chapters,
        **foot,
    )
    return model


@cache
def document() -> Json:
    made = _model().model_json_schema(by_alias=False)
    made["$defs"]["Text"] = TEXT
    made["$defs"]["LocalMoment"]["properties"]["local"] |= _LOCAL_TIME
    for schema in _within(made):
        _plain(schema)
    del made["$defs"]["LocalMoment"]["properties"]["local"]["format"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Record", **made}


def _within(schema: Any) -> Iterator[Json]:
    """Every schema in it, itself included; not the maps that hold them."""
    if isinstance(schema, list):
        for each in schema:
            yield from _within(each)
    elif isinstance(schema, dict):
        yield schema
        for name in ("properties", "$defs"):
            for each in schema.get(name, {}).values():
                yield from _within(each)
        for name in ("items", "anyOf", "additionalProperties"):
            yield from _within(schema.get(name))


def _plain(schema: Json) -> None:
    """Nothing is null here, whatever has no value is left out; and nothing else may be there."""
    schema.pop("title", None)
    schema.pop("default", None)
    if schema.pop("x-text", None):
        del schema["type"]
        schema["$ref"] = _TEXT_REF
    if "properties" in schema:
        schema["additionalProperties"] = False
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if "anyOf" in schema and len(choices) == 1:
        del schema["anyOf"]
        for name, value in choices[0].items():
            schema.setdefault(name, value)
        _plain(schema)


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a reference at its head."""
    while "$ref" in schema and schema["$ref"] != _TEXT_REF:
        schema = document()["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def is_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("$ref") == _TEXT_REF
