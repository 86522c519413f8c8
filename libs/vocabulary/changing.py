"""A changed copy of a frozen, slotted dataclass: `dataclasses.replace` at less than half its price.

A state of two dozen fields is copied several times in every command.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")

Write = Callable[[object, Any], None]


def changed(thing: T, **named: Any) -> T:
    """Values are taken over as they are, so it is not for classes with a `__post_init__`. A field
    that nobody gives (`init=False`) begins anew.
    """
    kind: type[Any] = type(thing)
    values, writes, write_by_name, anew = _parts(kind)  # type: ignore[arg-type]  # classes are hashable
    copy: T = object.__new__(kind)
    for write, value in zip(writes, values(thing), strict=True):
        write(copy, value)
    for write, first in anew:
        write(copy, first())
    for name, value in named.items():
        write_by_name[name](copy, value)
    return copy


@cache
def _parts(
    kind: type[Any],
) -> tuple[
    Callable[[Any], tuple[Any, ...]],
    Sequence[Write],
    Mapping[str, Write],
    Sequence[tuple[Write, Callable[[], Any]]],
]:
    names = [field.name for field in fields(kind) if field.init]
    if len(names) < 2 or hasattr(kind, "__post_init__"):  # noqa: PLR2004 - attrgetter gives a tuple from two names on
        raise TypeError(f"{kind.__name__} is for dataclasses.replace")
    write_by_name: dict[str, Write] = {name: getattr(kind, name).__set__ for name in names}
    anew = [
        (getattr(kind, field.name).__set__, field.default_factory)
        for field in fields(kind)
        if not field.init and field.default_factory is not MISSING
    ]
    return attrgetter(*names), tuple(write_by_name.values()), write_by_name, anew
