"""Records as an Interlude of some later year will write them: a newer version, unknown fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import orjson
from hypothesis import strategies as st

from libs.eventstore.recorded import Recorded
from libs.eventstore.versions import version_of

Json = dict[str, Any]

_names = st.from_regex(r"later_[a-z]{1,12}", fullmatch=True)
# The edge lets no NUL in, and jsonb would not keep one.
_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_plain = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | _text
_sealed = st.just({"key": "k", "nonce": "bg==", "ciphertext": "Yw=="})
_values = st.recursive(
    _plain | _sealed,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(_names, below, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True, slots=True)
class Additions:
    """What is new, going round all places in turn, and by how many versions it is newer."""

    fields: Sequence[Json]
    ahead: int


def additions() -> st.SearchStrategy[Additions]:
    """A handful: as many as there are places would be too much to draw, and no more telling."""
    fields = st.lists(st.dictionaries(_names, _values, max_size=2), min_size=1, max_size=7)
    return st.builds(Additions, fields=fields, ahead=st.integers(0, 3))


def grown(told: Sequence[Recorded], new: Additions, *, but: str = "") -> Sequence[Recorded]:
    """With more in it at any depth, except within the field `but`; ids and order stay."""
    fields = cycle(new.fields)
    return [
        replace(one, type=_later(one.type, new.ahead), data=_grown(one.data, fields, but))
        for one in told
    ]


def _later(name: str, ahead: int) -> str:
    return f"{name.rpartition('.v')[0]}.v{version_of(name) + ahead}"


def _grown(data: bytes, fields: Iterator[Json], but: str) -> bytes:
    content = orjson.loads(data)
    for part, more in zip(list(_parts(content, but)), fields, strict=False):
        part.update(more)
    return orjson.dumps(content)


def _parts(content: Any, but: str) -> Iterator[Json]:
    """Every object in it. What is sealed is an object of its own kind, closed for ever."""
    if isinstance(content, list):
        for each in content:
            yield from _parts(each, but)
    elif isinstance(content, dict) and "ciphertext" not in content:
        yield content
        for name, each in content.items():
            if name != but:
                yield from _parts(each, but)
