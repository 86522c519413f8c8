"""Two tables of the same form, row for row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

# Each row counts as often as it is there: twice in one and once in the other is a difference.
_ONLY_IN = """
SELECT count(*) FROM (
  SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other}
) AS difference
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that is otherwise in the one than in the other counts in both."""

    table: str
    only_live: int
    only_rebuilt: int

    def __bool__(self) -> bool:
        return bool(self.only_live or self.only_rebuilt)


Views = Mapping[str, Sequence[Sequence[str]]]
"""For tables of which not whole rows are compared: sets of columns, each compared by itself."""


def differences(
    db: Connection, tables: Sequence[str], live: str, rebuilt: str, views: Views
) -> Sequence[Difference]:
    """One of each table, in one snapshot if the caller's transaction has one."""
    return [
        Difference(
            table=table,
            only_live=_only(db, f'"{live}"."{table}"', f'"{rebuilt}"."{table}"', views.get(table)),
            only_rebuilt=_only(
                db, f'"{rebuilt}"."{table}"', f'"{live}"."{table}"', views.get(table)
            ),
        )
        for table in tables
    ]


def _only(db: Connection, one: str, other: str, views: Sequence[Sequence[str]] | None) -> int:
    counts = (
        db.execute(text(_ONLY_IN.format(columns=", ".join(columns), one=one, other=other)))
        for columns in views or [["*"]]
    )
    return sum(count.scalar_one() for count in counts)
