"""Where a table says something else than the fold: missing, too much, or other in a column."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.faults.fold.plain import plain
from tests.faults.fold.tables import Columns, Key, Row

Seen = Mapping[str, Any]


def differences(
    columns: Columns, folded: Mapping[Key, Row], rows: Sequence[Seen]
) -> Iterator[tuple[str, str]]:
    """Pairs of a row's key and what is wrong with it: ids and names of columns only."""
    seen = {tuple(plain(row[name]) for name in columns.keys): row for row in rows}
    for key in folded.keys() - seen.keys():
        yield _named(key), "missing"
    for key, row in seen.items():
        if key not in folded:
            yield _named(key), "too much"
        elif wrong := _wrong(columns, folded[key], row):
            yield _named(key), wrong


def _wrong(columns: Columns, folded: Row, row: Seen) -> str:
    rest = set(row) - set(columns.keys)
    return " ".join(sorted(name for name in rest if plain(folded.get(name)) != plain(row[name])))


def _named(key: Key) -> str:
    return "/".join(map(str, key))
