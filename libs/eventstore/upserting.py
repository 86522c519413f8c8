"""Many rows of one table in one statement, written column group by column group."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, Connection, Insert, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import insert

Row = dict[str, Any]
Place = tuple[Any, ...]
"""The values of the key."""

_place = itemgetter(0)


def upsert(db: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Inserts or updates by primary key; a column that a row does not name keeps its value.

    Rows of one key are merged first (later ones win, column by column) and written in the order
    of their keys, so that two writers cannot wait for each other in a circle. The rows are taken
    over: merging changes the first of them.
    """
    for columns, group in _groups(table, rows).items():
        db.execute(_statement(table, columns), {"rows": _json(group)})


def _groups(table: Table, rows: Iterable[Row]) -> Mapping[tuple[str, ...], Sequence[Row]]:
    """By the columns that they name; merged, and in order."""
    key = _key(table)
    merged: dict[Place, Row] = {}
    for row in rows:
        # UUIDs by their numbers, which have the same order, and which Python hashes and compares
        # without a call.
        place = tuple([value.int if type(value := row[name]) is UUID else value for name in key])
        whole = merged.setdefault(place, row)
        if whole is not row:
            whole.update(row)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for _, whole in sorted(merged.items(), key=_place):
        groups.setdefault(_sorted(tuple(whole)), []).append(whole)
    return groups


@lru_cache(maxsize=1024)
def _sorted(names: tuple[str, ...]) -> tuple[str, ...]:
    """Rows come in few forms."""
    return tuple(sorted(names))


@cache
def _key(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)


@cache
def _statement(table: Table, columns: tuple[str, ...]) -> Insert:
    # One JSON parameter carries every type, arrays included, which unnest would flatten.
    given = (
        func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
        .table_valued(*(column(name, table.c[name].type) for name in columns), name="given")
        .render_derived(with_types=True)
    )
    inserted = insert(table).from_select(
        list(columns), select(*(given.c[name] for name in columns))
    )
    rest = {name: inserted.excluded[name] for name in columns if name not in _key(table)}
    if not rest:
        return inserted.on_conflict_do_nothing(index_elements=_key(table))
    return inserted.on_conflict_do_update(index_elements=_key(table), set_=rest)


def _json(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows, default=_told_in_text).decode()


def _told_in_text(value: Any) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value)
