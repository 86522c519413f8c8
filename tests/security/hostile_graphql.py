"""Documents that ask for too much: each stays below the limits that it is not about, so that these
do not hide what it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

CANARY = "canary"

ME = "me { roles }"
WHOLE = f"{{ {ME} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    name: str
    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def documents(queries: Mapping[str, str]) -> list[Document]:
    """By their names."""
    return [Document(name=name, query=query) for name, query in queries.items()]


def hostile(*those: Document) -> pytest.MarkDecorator:
    """Each is a case of its own."""
    return pytest.mark.parametrize("document", those, ids=str)


def times(count: int, each: str | Callable[[int], str]) -> str:
    """`each` so many times; `#` in a text stands for its number, `+` for the next."""
    if callable(each):
        return " ".join(each(number) for number in range(count))
    return " ".join(
        each.replace("#", str(number)).replace("+", str(number + 1)) for number in range(count)
    )


def around(count: int, before: str, inside: str, after: str = "}") -> str:
    return f"{before * count}{inside}{after * count}"


TOO_DEEP = documents(
    {
        "a hundred levels": around(100, "{ assignments ", "{ id }"),
        "beyond reading": around(1_900, "{ x ", ""),
        "in inline fragments": around(900, "{ ... ", WHOLE),
        "lists in an argument": f"{{ patient(id: {around(1_900, '[', '', ']')}) }}",
        "objects in an argument": f"{{ patient(id: {around(900, '{a:', '1')}) }}",
        "lists in a type": f"query($v: {around(1_000, '[', 'Int', ']')}) {WHOLE}",
        "a chain of fragments": f"{{ ...f0 }} fragment f250 on Query {WHOLE} "
        + times(250, f"fragment f# on Query {{ {ME} ...f+ }}"),
    }
)


_ROWS = "(first: 100) { edges { node { " + "__typename id " * 9 + "} } }"
_LISTS = ("goals", "diary", "notebook", "timeline", "assignments")


def _in_all_later_ones(number: int) -> str:
    later = times(39 - number, lambda step: f"...f{number + step + 1}")
    return f"fragment f{number} on Query {{ {ME} {later} }}"


TOO_BROAD = documents(
    {
        "aliases": f"{{ {times(900, f'a#: {ME}')} }}",
        "aliases of what costs nothing": f"{{ {times(1_200, 'a#: __typename')} }}",
        "aliases in a fragment that is spread often": f"{{ {times(19, 'a#: me { ...f }')} }} "
        f"fragment f on Me {{ {times(19, 'b#: roles')} }}",
        "the same field": f"{{ {times(1_000, ME)} }}",
        "the same name of a type": f"{{ {times(3_900, '__typename')} }}",
        "the same fragment": f"{{ {times(1_900, '...f')} }} fragment f on Query {WHOLE}",
        "equal fields in inline fragments": f"{{ {times(400, f'... {WHOLE}')} }}",
        "equal fields in fragments": f"{{ {times(300, '...f#')} }} "
        + times(300, f"fragment f# on Query {WHOLE}"),
        "fields that overlap and differ": "{ "
        + times(120, '... { patient(id: "#") { id } }')
        + " }",
        "the largest page of everything": f"{{ {' '.join(name + _ROWS for name in _LISTS)} }}",
        "a tree of fragments": "{ ...f0 } "
        + times(18, "fragment f# on Query { ...f+ ... { ...f+ } }")
        + f" fragment f18 on Query {WHOLE}",
        "all fragments in all later ones": f"{{ ...f0 }} {times(40, _in_all_later_ones)}",
        "a page of a thousand million": "{ caseload(first: 1000000000) { nodes { since } } }",
        "a page below zero": "{ caseload(first: -1) { nodes { since } } }",
        "a page of 4,000 digits": f"{{ caseload(first: {'9' * 4_000}) {{ nodes {{ since }} }} }}",
        "a page of 40,000 digits": f"{{ caseload(first: {'9' * 40_000}) {{ nodes {{ since }} }} }}",
    },
)

CIRCLES = documents(
    {
        "a fragment of itself": "{ ...f } fragment f on Query { ...f }",
        "a circle of two hundred": "{ ...f0 } "
        + times(199, "fragment f# on Query { ...f+ }")
        + " fragment f199 on Query { ...f0 }",
        "each fragment in all others": f"{{ {times(25, '...f#')} }} "
        + times(25, lambda number: f"fragment f{number} on Query {{ {times(25, '...f#')} }}"),
    }
)
