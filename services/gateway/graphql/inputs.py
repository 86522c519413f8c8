"""From a command's JSON Schema to a GraphQL input type, and from what a client sent to the body.

A union of objects becomes a @oneOf input with a field per member. A list of ids takes global ids
or bare UUIDs. What GraphQL cannot say (free-form objects) is the JSON scalar.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Optional

import strawberry
from strawberry.scalars import JSON
from strawberry.schema_directives import OneOf
from strawberry.tools import create_type

from services.gateway.contracts import Json, Operation
from services.gateway.graphql.errors import BadRequest
from services.gateway.graphql.ids import uuid_of
from services.gateway.graphql.vocabulary import Enums
from services.gateway.projections.shapes import LocalDateTime

ToJson = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A GraphQL type, and how its value is written in the body."""

    type: Any
    to_json: ToJson


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(name: str) -> str:
    whole = camel(name)
    return whole[:1].upper() + whole[1:]


def _id(value: str) -> str:
    # What is no id at all goes on as it is: the service refuses it and says at which field.
    found = uuid_of(value)
    return value if found is None else str(found)


def _finite(value: float) -> float:
    """GraphQL's Float is read as Python reads it: `1e400` is infinite, and no number in JSON."""
    if not math.isfinite(value):
        raise BadRequest(message="A number here is finite.")
    return value


def _whole(value: float) -> float:
    """What is not whole stays as it is: its service refuses it."""
    return int(value) if _finite(value).is_integer() else value


SCALARS: Mapping[tuple[str, str | None], Taken] = {
    ("string", "uuid"): Taken(strawberry.ID, _id),
    ("string", "date-time"): Taken(datetime, lambda value: value.isoformat()),
    ("string", "date"): Taken(date, lambda value: value.isoformat()),
    ("string", "date-time-local"): Taken(LocalDateTime, lambda value: value.isoformat()),
    ("string", "time-local"): Taken(time, lambda value: value.isoformat()),
    ("string", None): Taken(str, lambda value: value),
    ("integer", None): Taken(int, lambda value: value),
    ("number", None): Taken(float, _finite),
    ("boolean", None): Taken(bool, lambda value: value),
}
ANYTHING = Taken(JSON, lambda value: value)

LARGEST_INT = 2**31 - 1
BIG_INTEGER = Taken(float, _whole)
"""GraphQL's Int has 32 bits; its Float holds whole numbers up to 2^53 exactly."""

USUAL_FIELDS: Mapping[str, str] = {
    "id": "The new thing's own UUID, version 7 recommended; made here when left out.",
    "occurred_at": "When it happened in the world; now when left out.",
    "zone": "IANA time zone in which it happened.",
    "patient_id": "Whose; a global id or a bare UUID.",
}
"""Fields that mean the same in every command."""


class Inputs:
    """All input types of one schema; what services share by name and content is one type."""

    def __init__(self, enums: Enums) -> None:
        self._enums = enums
        self._made: dict[str, tuple[Json, Taken]] = {}

    def of(self, operation: Operation, schema: Json, *, called: str) -> Taken:
        name, schema = operation.resolved(schema)
        if members := _alternatives(schema):
            return self._union(operation, members, called=called)
        if "enum" in schema or "const" in schema:
            return self._enum(schema, called=name or called)
        if schema.get("type") == "array":
            return self._list(operation, schema, called=called)
        if schema.get("properties"):
            return self._named(operation, schema, called=name or called)
        kind, form = schema.get("type", "object"), schema.get("format")
        if kind == "integer" and schema.get("maximum", 0) > LARGEST_INT:
            return BIG_INTEGER
        return SCALARS.get((kind, form)) or SCALARS.get((kind, None)) or ANYTHING

    def fields(self, operation: Operation, schema: Json, *, called: str) -> "Fields":
        _, schema = operation.resolved(schema)
        required = set(schema.get("required", ()))
        return {
            name: Field(
                self.of(operation, value, called=called + pascal(name)),
                needed=name in required,
                about=described(operation, name, value),
            )
            for name, value in schema.get("properties", {}).items()
        }

    def _enum(self, schema: Json, *, called: str) -> Taken:
        values = [str(value) for value in schema.get("enum", [schema.get("const")])]
        about = schema.get("description", f"One of {len(values)} values.")
        kind = self._enums.of(values, called=called, about=about)
        return Taken(kind, lambda value: value.value)

    def _list(self, operation: Operation, schema: Json, *, called: str) -> Taken:
        item = self.of(operation, schema.get("items", {}), called=called)
        return Taken(list[item.type], lambda value: [item.to_json(each) for each in value])  # type: ignore[name-defined]  # a type made at run time

    def _named(self, operation: Operation, schema: Json, *, called: str) -> Taken:
        name = f"{called.rsplit('__', 1)[-1]}Input"
        if name in self._made and self._made[name][0] != schema:
            name = pascal(operation.service) + name
        if name not in self._made:
            self._made[name] = (schema, self._object(operation, schema, called=name))
        return self._made[name][1]

    def _object(self, operation: Operation, schema: Json, *, called: str) -> Taken:
        fields = self.fields(operation, schema, called=called.removesuffix("Input"))
        about = schema.get("description", f"Part of `{operation.name}`.")
        kind = made_of(called, fields, about=about)
        return Taken(kind, lambda value: to_body(fields, value))

    def _member(self, operation: Operation, member: Json, *, called: str) -> Taken:
        """Of a union. What tells it from the others is said by the field that is chosen."""
        name, schema = operation.resolved(member)
        properties = schema["properties"]
        constants = {at: value["const"] for at, value in properties.items() if "const" in value}
        told = {at: value for at, value in properties.items() if at not in constants}
        if not told:
            return Taken(bool, lambda _chosen: constants)
        rest = self._named(operation, {**schema, "properties": told}, called=name or called)
        return Taken(rest.type, lambda value: constants | rest.to_json(value))

    def _union(self, operation: Operation, members: list[Json], *, called: str) -> Taken:
        named = [(operation.resolved(member), member) for member in members]
        if len(members) == 1:
            return self.of(operation, members[0], called=called)
        if not all(schema.get("properties") for (_, schema), _ in named):
            return ANYTHING
        fields = {
            _member_name(name, schema, at): Field(
                self._member(operation, member, called=called), needed=False, about=_about(schema)
            )
            for at, ((name, schema), member) in enumerate(named)
        }
        name = f"{called}Input"
        if name not in self._made:
            kind = made_of(name, fields, about="Exactly one of these.", one_of=True)
            taken = Taken(kind, lambda value: next(iter(to_body(fields, value).values())))
            self._made[name] = ({"anyOf": members}, taken)
        return self._made[name][1]


@dataclass(frozen=True, slots=True)
class Field:
    taken: Taken
    needed: bool
    about: str


Fields = dict[str, Field]


def made_of(name: str, fields: Fields, *, about: str, one_of: bool = False) -> type:
    return create_type(
        name,
        [_strawberry_field(key, field) for key, field in fields.items()],
        is_input=True,
        description=about,
        directives=(OneOf(),) if one_of else (),
    )


def _strawberry_field(name: str, field: Field) -> Any:
    kind = field.taken.type if field.needed else Optional[field.taken.type]  # noqa: UP045 - built at run time
    default: Any = {} if field.needed else {"default": strawberry.UNSET}
    made: Any = strawberry.field(
        name=camel(name), description=field.about, graphql_type=kind, **default
    )
    made.python_name = name
    return made


def to_body(fields: Fields, value: object) -> Json:
    """What was given, snake_case; what was left out or null stays out of the body."""
    sent = {name: getattr(value, name) for name in fields}
    return {
        name: fields[name].taken.to_json(given)
        for name, given in sent.items()
        if given is not strawberry.UNSET and given is not None
    }


def described(operation: Operation, name: str, schema: Json) -> str:
    _, meant = operation.resolved(schema)
    said = schema.get("description") or meant.get("description")
    said = said or USUAL_FIELDS.get(name) or f"{_words(name)}."
    return said + _limits(next(iter(_alternatives(meant) or [meant])))


def _limits(schema: Json) -> str:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if most is not None and schema.get("format") is None:
        return f" {least or 0} to {most} characters."
    low, high = schema.get("minimum"), schema.get("maximum")
    return f" {low} to {high}." if low is not None and high is not None else ""


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _alternatives(schema: Json) -> list[Json]:
    union = schema.get("anyOf") or schema.get("oneOf") or []
    return [member for member in union if member.get("type") != "null"]


def _member_name(name: str | None, schema: Json, at: int) -> str:
    for value in schema["properties"].values():
        if "const" in value:
            return str(value["const"])
    return _snake(name or schema.get("title") or f"choice_{at}")


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _about(schema: Json) -> str:
    return str(schema.get("description") or schema.get("title") or "One of the choices.")
