"""Closed lists as GraphQL enums: UPPER_CASE for clients, snake_case to the services.

The same list is the same enum wherever it occurs, in what is read and in what is sent.
"""

import re
from collections.abc import Iterable
from enum import Enum

import strawberry


def upper(value: str) -> str:
    name = re.sub(r"\W+", "_", value).strip("_").upper()
    return name if not name[:1].isdigit() else f"_{name}"


class Enums:
    """All enums of one schema, by the list that they close."""

    def __init__(self, known: Iterable[type[Enum]] = ()) -> None:
        self._by_values: dict[frozenset[str], type[Enum]] = {}
        self._names: set[str] = set()
        for kind in known:
            self._keep(kind, {str(member.value) for member in kind})

    def of(self, values: Iterable[str], *, called: str, about: str) -> type[Enum]:
        closed = dict.fromkeys(values)
        known = self._by_values.get(frozenset(closed))
        if known is not None:
            return known
        name = called
        while name in self._names:
            name = f"{name}_"
        made = Enum(name, {upper(value): value for value in closed})  # type: ignore[misc]  # made from a contract
        strawberry.enum(made, description=about)
        self._keep(made, set(closed))
        return made

    def _keep(self, kind: type[Enum], values: set[str]) -> None:
        self._by_values[frozenset(values)] = kind
        self._names.add(kind.__name__)
