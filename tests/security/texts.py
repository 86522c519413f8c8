"""Every field in which somebody can write what they like, found in the contracts: each gets words
of its own, by which it is known again wherever it turns up.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

from services.gateway.contracts import Operation, operations
from tests.security.asking import OPENAPI

Json = Any
Steps = tuple[str, ...]

NOT_PROSE = {"zone", "locale", "worksheet", "definition_version"}
"""Names of something: tests/architecture/test_what_people_write.py says of what."""

PUBLIC = {("registerClinic", "/name")}
"""An organisation's public name."""

OF_NOBODY = {"publishTemplate", "reviseTemplate"}
"""A clinic's catalogue: its own words, about no patient, which are kept as they are."""

WORD = "Zwielichtmotte"
"""In no language's story; everything that is planted begins with it."""


@dataclass
class Planting:
    """Which words stand for which field; another number each time."""

    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    def word(self, operation: str, pointer: str) -> str:
        made = f"{WORD}{next(self.numbers)}"
        self.known[made] = (operation, pointer)
        return made

    def planted(self, operation: Operation, body: Json) -> Json:
        """The same body with words of its own in each of its texts."""
        return _replaced(self, operation, operation.body, body, "")


@cache
def commands() -> Mapping[str, Operation]:
    return {each.name: each for each in operations(OPENAPI)}


@cache
def texts() -> frozenset[tuple[str, str]]:
    """Command and pointer of every such field; a list's items are all `0`."""
    found = {
        (name, pointer)
        for name, each in commands().items()
        if name not in OF_NOBODY
        for pointer in _texts(each, each.body, "")
    }
    return frozenset(found - PUBLIC)


def bodies(name: str, example: Json) -> Iterator[Json]:
    """The example, and for each text that it lacks the example with that one text more."""
    operation = commands()[name]
    yield example
    told = set(texts_in(operation, example))
    for pointer in sorted(_texts(operation, operation.body, "")):
        if pointer not in told:
            yield _with(operation, operation.body, example, tuple(pointer.split("/")[1:]))


def texts_in(operation: Operation, body: Json) -> Iterator[str]:
    """Pointers of the texts that a body holds."""
    seen = Planting()
    _replaced(seen, operation, operation.body, body, "")
    yield from (pointer for _, pointer in seen.known.values())


def _is_text(schema: Json, pointer: str) -> bool:
    name = pointer.rsplit("/", 1)[-1]
    bound = {"format", "enum", "const", "pattern"} & set(schema)
    return schema.get("type") == "string" and not bound and name not in NOT_PROSE


def _members(operation: Operation, schema: Json) -> list[Json]:
    """What stands behind references and unions, null left out."""
    _, schema = operation.resolved(schema)
    union = schema.get("anyOf") or schema.get("oneOf") or []
    if not union:
        return [schema]
    return [
        one for each in union if each.get("type") != "null" for one in _members(operation, each)
    ]


def _texts(operation: Operation, schema: Json, pointer: str) -> Iterator[str]:
    for member in _members(operation, schema):
        if _is_text(member, pointer):
            yield pointer
        if member.get("type") == "array":
            yield from _texts(operation, member["items"], f"{pointer}/0")
        for name, inner in member.get("properties", {}).items():
            yield from _texts(operation, inner, f"{pointer}/{name}")


def _replaced(
    planting: Planting, operation: Operation, schema: Json, value: Json, pointer: str
) -> Json:
    member = _fitting(operation, schema, value)
    if isinstance(value, str) and _is_text(member, pointer):
        return planting.word(operation.name, pointer)
    if isinstance(value, list):
        items = member.get("items", {})
        return [_replaced(planting, operation, items, each, f"{pointer}/0") for each in value]
    if isinstance(value, dict):
        known = member.get("properties", {})
        return {
            name: _replaced(planting, operation, known.get(name, {}), inner, f"{pointer}/{name}")
            for name, inner in value.items()
        }
    return value


def _fitting(operation: Operation, schema: Json, value: Json) -> Json:
    """The member of a union that knows the value's fields."""
    members = _members(operation, schema)
    names = set(value) if isinstance(value, dict) else set()
    return next((each for each in members if names <= set(each.get("properties", {}))), members[0])


def _with(operation: Operation, schema: Json, value: Json, steps: Steps) -> Json:
    """The same, and something at the end of the steps; whatever must be there on the way is."""
    member = _leading(operation, schema, steps)
    if not steps:
        return "x"
    first, *rest = steps
    if member.get("type") == "array":
        items = list(value or [None])
        return [_with(operation, member["items"], items[0], tuple(rest)), *items[1:]]
    whole = {**_least(operation, member), **(value or {})}
    inner = member["properties"][first]
    return {**whole, first: _with(operation, inner, whole.get(first), tuple(rest))}


def _leading(operation: Operation, schema: Json, steps: Steps) -> Json:
    """The member of a union in which the steps lead somewhere."""
    wanted = "/".join(("", *steps))
    members = _members(operation, schema)
    return next(each for each in members if wanted in set(_texts(operation, each, "")))


def _least(operation: Operation, schema: Json) -> dict[str, Json]:
    return {
        name: _any(operation, schema["properties"][name]) for name in schema.get("required", ())
    }


def _any(operation: Operation, schema: Json) -> Json:
    """Something that fits."""
    member = _members(operation, schema)[0]
    if chosen := [member["const"]] if "const" in member else member.get("enum"):
        return chosen[0]
    if inner := member.get("properties"):
        return {"min": 0, "max": 10} if {"min", "max"} <= set(inner) else _least(operation, member)
    if member.get("type") == "array":
        return [_any(operation, member["items"])]
    return _OF_FORM.get(member.get("format") or member.get("type"), 5)


_OF_FORM = {
    "string": "x",
    "boolean": True,
    "uuid": "00000000-0000-7000-8000-000000000777",
    "date": "2026-03-02",
    "date-time": "2026-03-02T11:00:00Z",
    "time-local": "11:00",
    "date-time-local": "2026-03-02T11:00:00",
}
