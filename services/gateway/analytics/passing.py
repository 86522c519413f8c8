"""How one field of a fact may pass into the analytics stream, or that it may not, and why.

Each rule knows what it lets through and how that is described in the published schema; a value that
does not fit its rule stops the fact (`NotAsDecided`) rather than passing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import orjson

Json = dict[str, Any]

PSEUDONYM_SCHEMA: Json = {
    "type": "string",
    "pattern": "^[0-9a-f]{32}$",
    "description": "Stands for an id, within one epoch and one consent.",
}


class NotAsDecided(ValueError):  # noqa: N818 - parks the fact until somebody has looked
    """A value is not of the kind that was decided on. Never says which value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Through what a fact's ids and times are seen: `pseudonym` of an id, `day` of an instant or a
    date, counted from the day on which therapy began; None where that is not known.
    """

    pseudonym: Callable[[str], str]
    day: Callable[[datetime | date], int | None]


class Rule(Protocol):
    """`name` is the field's in the analytics record where it differs."""

    @property
    def name(self) -> str | None: ...

    def passed(self, value: Any, seen: Seen) -> Any: ...

    def schema(self) -> Json: ...


Fields = Mapping[str, "Rule | LeftOut"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Does not pass, with all that it holds."""

    why: str


@dataclass(frozen=True, slots=True)
class Number:
    name: str | None = None

    def passed(self, value: Any, _seen: Seen) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotAsDecided
        return value

    def schema(self) -> Json:
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Truth:
    name: str | None = None

    def passed(self, value: Any, _seen: Seen) -> Any:
        if not isinstance(value, bool):
            raise NotAsDecided
        return value

    def schema(self) -> Json:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Codes:
    """These and no others; a new one is decided on before it passes. Where the field is a text,
    anything else is said to be `otherwise`.
    """

    known: tuple[str, ...]
    name: str | None = None
    otherwise: str | None = None

    def passed(self, value: Any, _seen: Seen) -> Any:
        if value in self.known:
            return value
        if self.otherwise is None or not isinstance(value, str):
            raise NotAsDecided
        return self.otherwise

    def schema(self) -> Json:
        return {"enum": [*self.known, *([self.otherwise] if self.otherwise else [])]}


@dataclass(frozen=True, slots=True)
class Pseudonym:
    name: str | None = None

    def passed(self, value: Any, seen: Seen) -> Any:
        if not isinstance(value, str):
            raise NotAsDecided
        return seen.pseudonym(value)

    def schema(self) -> Json:
        return PSEUDONYM_SCHEMA


@dataclass(frozen=True, slots=True)
class Day:
    """An instant or a date as days since therapy began; always under a name that says so."""

    name: str

    def passed(self, value: Any, seen: Seen) -> Any:
        return seen.day(_instant(value))

    def schema(self) -> Json:
        return {"type": ["integer", "null"], "description": "Days since therapy began."}


@dataclass(frozen=True, slots=True)
class Each:
    """A list, element by element."""

    of: Rule
    name: str | None = None

    def passed(self, value: Any, seen: Seen) -> Any:
        if not isinstance(value, list):
            raise NotAsDecided
        return [self.of.passed(element, seen) for element in value]

    def schema(self) -> Json:
        return {"type": "array", "items": self.of.schema()}


@dataclass(frozen=True, slots=True)
class Within:
    """An object, field by field; a field without a rule does not pass."""

    fields: Fields
    name: str | None = None

    def passed(self, value: Any, seen: Seen) -> Any:
        if not isinstance(value, dict):
            raise NotAsDecided
        return {
            rule.name or name: rule.passed(value[name], seen)
            for name, rule in self.fields.items()
            if not isinstance(rule, LeftOut) and value.get(name) is not None
        }

    def schema(self) -> Json:
        properties = {
            rule.name or name: rule.schema()
            for name, rule in self.fields.items()
            if not isinstance(rule, LeftOut)
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}


def codes(*known: str, otherwise: str | None = None) -> Codes:
    return Codes(known, otherwise=otherwise)


def _instant(value: Any) -> datetime | date:
    try:
        return date.fromisoformat(value) if len(value) == len("2026-03-02") else _moment(value)
    except (TypeError, ValueError):
        raise NotAsDecided from None


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise NotAsDecided
    return moment


# --- What becomes of a kind of fact. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """Its fields, as decided. Of facts that say `about` the same in one stream, a later one names
    the one that it supersedes. `only_if`: a field and the value without which nothing of the fact
    passes.
    """

    fields: Fields
    about: str | None = None
    only_if: tuple[str, str] | None = None

    def lets_through(self, data: bytes) -> bool:
        if self.only_if is None:
            return True
        name, value = self.only_if
        return bool(orjson.loads(data).get(name) == value)

    @property
    def content(self) -> Within:
        return Within(self.fields)


@dataclass(frozen=True, slots=True)
class Stays:
    """Nothing of this kind is published."""

    why: str


@dataclass(frozen=True, slots=True)
class Ends:
    """Ends what is said of this patient: consumers are told to forget, and nothing else of it
    passes.
    """


Decision = Passes | Stays | Ends
