"""What one batch of facts makes of one table, collected and then written in few statements."""

from typing import Any

from sqlalchemy import Connection, Table

from libs.eventstore.upserting import Row, upsert


class Rows:
    """Later facts of a stream overwrite earlier ones, column by column; a column that no fact
    named is left as it is.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keys = [str(column.name) for column in table.primary_key.columns]
        self._rows: list[Row] = []

    def set(self, *key: Any, **columns: Any) -> None:
        columns.update(zip(self._keys, key, strict=True))
        self._rows.append(columns)

    def add(self, row: Row) -> None:
        """A whole row, with its key."""
        self._rows.append(row)

    def write(self, db: Connection) -> None:
        upsert(db, self._table, self._rows)
