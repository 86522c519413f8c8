"""Where in a request a value stands, as a JSON pointer."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def pointer_to(value: object, within: Any) -> str:
    """Found by identity: equal values can stand in several places. Empty if it does not stand."""
    return "" if value is None else next(_pointers(value, within, ""), "")


def _pointers(value: object, within: Any, path: str) -> Iterator[str]:
    if within is value:
        yield path
    for step, inner in _members(within):
        yield from _pointers(value, inner, f"{path}/{step}")


def _members(within: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(within, Mapping):
        yield from within.items()
    elif isinstance(within, tuple):
        yield from enumerate(within)
    elif is_dataclass(within):
        yield from ((each.name, getattr(within, each.name)) for each in fields(within))
