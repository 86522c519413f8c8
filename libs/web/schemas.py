"""JSON Schemas of requests and views as components of one document, each name once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from libs.privacy.reading import Audience, described_for
from libs.web.bodies import Json
from libs.web.shapes import Shape, minted_fields

_PLACE = "#/components/schemas/"
_SHOWN = "View"


class _Describing(GenerateJsonSchema):
    """Ids that the edge makes are optional for clients; titles that only repeat a name are left
    out.
    """

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> JsonSchemaValue:
        described = super().dataclass_schema(schema)
        kind = schema["cls"]
        if (kind.__doc__ or "").startswith(f"{kind.__name__}("):
            described.pop("description", None)
        if self.mode == "validation" and "required" in described:
            minted = minted_fields(kind)
            needed = [name for name in described["required"] if name not in minted]
            described["required"] = needed
            if not needed:
                del described["required"]
        return described

    def get_title_from_name(self, name: str) -> str:
        del name
        return ""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


class Schemas:
    """Requests as clients send them, views as they are shown. Where both have a component of the
    same name and differ, the view's is called `…View`.
    """

    def __init__(self, shapes: Sequence[Shape], views: Sequence[type[Any]]) -> None:
        asked, requests = _described(
            {shape.request: shape.adapter for shape in shapes}, "validation", "client"
        )
        shown, replies = _described(
            {view: TypeAdapter(view) for view in views}, "serialization", "view"
        )
        clashing = {
            name for name, schema in replies.items() if requests.get(name, schema) != schema
        }
        self._asked = asked
        self._shown = {view: _renamed(schema, clashing) for view, schema in shown.items()}
        self.components: Json = {
            **requests,
            **{_name(name, clashing): _renamed(each, clashing) for name, each in replies.items()},
        }

    def of_request(self, shape: Shape) -> Json:
        return self._asked[shape.request]

    def of_view(self, view: type[Any]) -> Json:
        return self._shown[view]


def _described(
    adapters: Mapping[type[Any], TypeAdapter[Any]], mode: JsonSchemaMode, audience: Audience
) -> tuple[Mapping[type[Any], Json], Json]:
    """A reference for each type, and the components that they need."""
    with described_for(audience):
        found, definitions = TypeAdapter.json_schemas(
            [(str(at), mode, adapter) for at, adapter in enumerate(adapters.values())],
            schema_generator=_Describing,
            ref_template=f"{_PLACE}{{model}}",
        )
    references = {kind: found[str(at), mode] for at, kind in enumerate(adapters)}
    return references, _needed(list(references.values()), definitions.get("$defs", {}))


def _needed(schemas: Sequence[Json], components: Json) -> Json:
    """Pydantic also gives those that private text no longer refers to."""
    needed: Json = {}
    waiting = _named(schemas)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = components[name]
            waiting |= _named(components[name])
    return needed


def _named(schema: Any) -> set[str]:
    match schema:
        case {"$ref": str(reference)}:
            return {reference.removeprefix(_PLACE)}
        case dict():
            return set().union(*map(_named, schema.values()))
        case list():
            return set().union(*map(_named, schema))
        case _:
            return set()


def _name(name: str, clashing: set[str]) -> str:
    return name + _SHOWN if name in clashing else name


def _renamed(schema: Json, clashing: set[str]) -> Json:
    text = json.dumps(schema)
    for name in clashing:
        text = text.replace(f'"{_PLACE}{name}"', f'"{_PLACE}{name}{_SHOWN}"')
    renamed: Json = json.loads(text)
    return renamed
