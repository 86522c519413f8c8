"""Keyset pages: they cost the same wherever in the list they are, and neither skip nor repeat rows
when the list grows.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from libs.vocabulary.moment import is_instant

Json = dict[str, Any]

LARGEST = 100


class BadPage(ValueError):  # noqa: N818 - what the client asked for, answered with a code
    """`code`: PAGE_SIZE or BAD_CURSOR."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in its list."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`backwards`: the last ones before a place, instead of the first ones after it."""

    size: int
    backwards: bool
    place: Place | None
    list: str

    def cursor(self, row: Json, at: str, id_: str) -> str:
        return cursor(self.list, row[at], row[id_])


def page(
    of: str,
    first: int | None,
    last: int | None,
    after: str | None,
    before: str | None,
) -> Page:
    """`of` names the list and whose it is: a cursor of another list is refused."""
    if (first is None) == (last is None):
        raise BadPage("PAGE_SIZE", "Give exactly one of `first` and `last`.")
    size = first if first is not None else last
    if size is None or not 1 <= size <= LARGEST:
        raise BadPage("PAGE_SIZE", f"A page has 1 to {LARGEST} items.")
    backwards = first is None
    if (after if backwards else before) is not None:
        raise BadPage("PAGE_SIZE", "`after` goes with `first`, `before` with `last`.")
    given = before if backwards else after
    place = None if given is None else _place(of, given)
    return Page(size=size, backwards=backwards, place=place, list=of)


def cursor(of: str, at: str, id_: str) -> str:
    return urlsafe_b64encode(orjson.dumps([of, at, id_])).decode().rstrip("=")


def _place(of: str, given: str) -> Place:
    try:
        name, at, id_ = orjson.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        if name != of:
            raise BadPage("BAD_CURSOR", "This cursor is of another list.")
        place = Place(_instant(at), UUID(id_))
    except (ValueError, TypeError, AttributeError) as broken:
        if isinstance(broken, BadPage):
            raise
        raise BadPage("BAD_CURSOR", "This is not a cursor of ours.") from None
    return place


def _instant(at: str) -> datetime:
    """Raises ValueError: not every time that can be written can be asked for in another zone."""
    moment = datetime.fromisoformat(at)
    if not is_instant(moment):
        raise ValueError("no instant")
    return moment


def paged(sql: str, at: str, id_: str, *, argument: int) -> tuple[str, str]:
    """The statement for pages forwards and backwards: `at` and `id_` are its key columns, the
    place's two values and the size (plus one, to know whether there is more) three arguments
    from `$argument` on.
    """
    time, thing, size = f"${argument}", f"${argument + 1}", f"${argument + 2}"
    key = f"({at}, {id_})"

    def one(compares: str, order: str) -> str:
        beyond = f"({time}::timestamptz IS NULL OR {key} {compares} ({time}, {thing}::uuid))"
        return (
            f"SELECT * FROM ({sql}) AS listed WHERE {beyond}"  # noqa: S608 - SQL of ours
            f" ORDER BY {at} {order}, {id_} {order} LIMIT {size}"
        )

    return one(">", "ASC"), one("<", "DESC")


def arguments(wanted: Page) -> tuple[object, ...]:
    place = wanted.place
    return place and place.at, place and place.id, wanted.size + 1


def turned(wanted: Page, rows: Sequence[Json]) -> tuple[Sequence[Json], bool, bool]:
    """The page's rows in the list's order, and whether there are more before and after."""
    more, kept = len(rows) > wanted.size, list(rows[: wanted.size])
    if wanted.backwards:
        return kept[::-1], more, wanted.place is not None
    return kept, wanted.place is not None, more
