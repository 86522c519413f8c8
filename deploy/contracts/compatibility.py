"""What a new version of a fact may change: it may add fields that may be missing, and nothing else.

Topics are kept for ever and consumers are updated when their owners find the time. So each version
has to be readable in both directions, from and to every other one:

    an old consumer reads new records    nothing it knows may go, change, or grow a value
    a new consumer reads old records     nothing it needs may be missing there

Our own services have upcasts for the second, an analyst's script has none. What cannot be said
under this rule is another fact, and gets another name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from libs.eventstore.wire import Json

Rule = Literal[
    "field-removed",
    "field-required",
    "required-now",
    "may-be-missing-now",
    "type-changed",
    "enum-narrowed",
    "enum-widened",
    "limit-changed",
    "default-changed",
    "closed",
]

ADVICE: Mapping[Rule, str] = {
    "field-removed": "Go on writing it, beside what is new.",
    "field-required": "Give it a default: what is stored already does not have it.",
    "required-now": "Leave it optional: what is stored already may lack it.",
    "may-be-missing-now": "Keep it required: old consumers count on it.",
    "type-changed": "Keep it as it was, and say the new in a field beside it.",
    "enum-narrowed": "Keep the value: it is in stored records.",
    "enum-widened": "Old consumers do not know the value: say it in an optional field beside it.",
    "limit-changed": "Keep the limit: one side would refuse what the other may write.",
    "default-changed": "Keep the default: it is what old records say by leaving the field out.",
    "closed": "An object that lets nothing else pass cannot grow: put the field beside it.",
}

_WORDS_ONLY = {"$schema", "$id", "$defs", "$comment", "title", "description", "examples"}
_BRANCHES = ("anyOf", "oneOf", "allOf", "prefixItems")
_NO_LIMITS = {
    *("type", "enum", "const", "default", "items", "$ref", *_BRANCHES),
    *("properties", "required", "additionalProperties"),
}
"""Compared by rules of their own; whatever else a schema says is a limit."""


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """`at` is the field, dotted, `[]` for every element of a list."""

    at: str
    rule: Rule
    what: str


def breaches(old: Json, new: Json) -> list[Breach]:
    """What a consumer of one of the two could not read of the other."""
    return sorted(set(_between(meaning(old), meaning(new), "")))


def meaning(schema: Json) -> Json:
    """What it allows: without words, and with every reference replaced by what it leads to."""
    meant: Json = _meant(schema, schema.get("$defs", {}), ())
    return meant


def _meant(schema: Any, named: Mapping[str, Json], within: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_meant(each, named, within) for each in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in named and name not in within:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _meant({**named[name], **beside}, named, (*within, name))
    return {
        key: _properties(value, named, within)
        if key == "properties"
        else sorted(value)
        if key == "required"
        else _meant(value, named, within)
        for key, value in schema.items()
        if key not in _WORDS_ONLY
    }


def _properties(fields: Mapping[str, Json], named: Mapping[str, Json], within: Any) -> Json:
    """A field may be called `title`: here the keys are names, not keywords."""
    return {name: _meant(field, named, within) for name, field in fields.items()}


def _between(old: Json, new: Json, at: str) -> Iterator[Breach]:
    (old, old_null), (new, new_null) = _without_null(old), _without_null(new)
    if old_null != new_null:
        rule: Rule = "may-be-missing-now" if new_null else "type-changed"
        yield Breach(at, rule, f"null is {'allowed now' if new_null else 'no longer allowed'}")
    if _kind(old) != _kind(new):
        yield Breach(at, "type-changed", f"{_kind(old)} became {_kind(new)}")
        return
    yield from _of_values(old, new, at)
    yield from _of_limits(old, new, at)
    yield from _of_fields(old, new, at)
    if isinstance(old.get("items"), dict):
        yield from _between(old["items"], new["items"], f"{at}[]")
    for key in _BRANCHES:
        for one, other in zip(old.get(key, ()), new.get(key, ()), strict=False):
            yield from _between(one, other, at)


def _without_null(schema: Json) -> tuple[Json, bool]:
    """The usual way to say that a field may be left out."""
    branches = schema.get("anyOf", [])
    others = [each for each in branches if each != {"type": "null"}]
    if len(others) == len(branches):
        return schema, False
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**others[0], **beside} if len(others) == 1 else {**beside, "anyOf": others}, True


def _kind(schema: Json) -> str:
    if isinstance(schema.get("type"), str):
        items = f" of {_kind(schema['items'])}" if isinstance(schema.get("items"), dict) else ""
        return f"{schema['type']}{items}"
    for key in _BRANCHES:
        if key in schema:
            return " or ".join(_kind(_without_null(each)[0]) for each in schema[key])
    return str(schema.get("$ref", "anything"))


def _of_values(old: Json, new: Json, at: str) -> Iterator[Breach]:
    before, after = _values(old), _values(new)
    if before is None and after is None:
        return
    for value in _missing(before, after):
        yield Breach(at, "enum-narrowed", f"{value} is no longer allowed")
    for value in _missing(after, before):
        yield Breach(at, "enum-widened", f"{value} is allowed now")


def _values(schema: Json) -> list[str] | None:
    """None where any value will do."""
    if "const" in schema:
        return [repr(schema["const"])]
    return [repr(value) for value in schema["enum"]] if "enum" in schema else None


def _missing(values: Iterable[str] | None, among: Iterable[str] | None) -> Iterable[str]:
    if values is None:
        return ["any other value"]
    return [] if among is None else [value for value in values if value not in set(among)]


def _of_limits(old: Json, new: Json, at: str) -> Iterator[Breach]:
    for key in (old.keys() | new.keys()) - _NO_LIMITS:
        if old.get(key) != new.get(key):
            what = f"{key} was {_said(old, key)} and is {_said(new, key)}"
            yield Breach(at, "limit-changed", what)
    if "default" in old and old["default"] != new.get("default", old["default"]):
        yield Breach(at, "default-changed", f"was {old['default']!r} and is {new['default']!r}")


def _said(schema: Json, key: str) -> str:
    return repr(schema[key]) if key in schema else "not limited"


def _of_fields(old: Json, new: Json, at: str) -> Iterator[Breach]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        place = f"{at}.{name}" if at else name
        if name not in after:
            yield Breach(place, "field-removed", "is gone, or has another name")
            continue
        if name in needed - needs:
            yield Breach(place, "may-be-missing-now", "was required")
        if name in needs - needed:
            yield Breach(place, "required-now", "was optional")
        yield from _between(before[name], after[name], place)
    for name in after.keys() - before.keys():
        place = f"{at}.{name}" if at else name
        if name in needs and "default" not in after[name]:
            yield Breach(place, "field-required", "is new, required, and has no default")
        if old.get("additionalProperties") is False:
            yield Breach(place, "closed", "is new where nothing more was allowed")
    if old.get("additionalProperties", True) != new.get("additionalProperties", True):
        yield Breach(at, "closed", "whether more fields may come was decided otherwise")
