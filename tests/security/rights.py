"""`deploy/postgres/rights.md` as rows: which role may do what to which table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).parents[2] / "deploy" / "postgres" / "rights.md"
SERVICES = ("care", "assignment", "diary", "review")
SCHEMAS = (*SERVICES, "gateway", "keyring", "broker")

Wall = Literal["clinic", "none", ""]

_ROW = re.compile(r"\| `([\w.<>]+)` \|(.*)\|")
_HEAD = re.compile(r"\| table \| wall \|(.*)\|")
_RIGHT = re.compile(r"[a-z]+(?: \([a-z_, ]+\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rights` by role, in words; `through_all` are the roles that see rows of every clinic.
    `schema` is that of the roles, unless the row names another.
    """

    schema: str
    name: str
    wall: Wall
    rights: Mapping[str, frozenset[str]]
    through_all: frozenset[str]

    @property
    def owner(self) -> str:
        return f"{self.schema.partition('_')[0]}_owner"

    @property
    def whole_name(self) -> str:
        return f"{self.schema}.{self.name}"


@cache
def tables() -> Mapping[str, Table]:
    """By schema and name. Raises ValueError where a table stands twice for a role, or a cell is no
    cell.
    """
    known: dict[str, Table] = {}
    for each in _tables(FILE.read_text("utf-8")):
        before = known.get(each.whole_name)
        known[each.whole_name] = each if before is None else _both(before, each)
    return known


def _both(one: Table, more: Table) -> Table:
    """What a role has in a section of its own, beside the others'."""
    if one.wall != more.wall or not one.rights.keys().isdisjoint(more.rights):
        raise ValueError(f"{one.whole_name} stands there twice")
    return replace(
        one,
        rights={**one.rights, **more.rights},
        through_all=one.through_all | more.through_all,
    )


def roles() -> frozenset[str]:
    return frozenset(role for table in tables().values() for role in table.rights)


def _tables(text: str) -> Iterator[Table]:
    columns: list[str] = []
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            columns = [cell.strip("`") for cell in _cells(head[1])]
        elif row := _ROW.fullmatch(line):
            for service in SERVICES if "<service>" in columns[0] else ("",):
                named = [column.replace("<service>", service) for column in columns]
                yield _table(row[1].replace("<service>", service), _cells(row[2]), named)


def _table(name: str, cells: list[str], columns: list[str]) -> Table:
    wall, *granted = cells
    if wall not in {"clinic", "none", ""} or len(granted) != len(columns):
        raise ValueError(f"{name}: a wall, and a cell for each role")
    by_role = dict(zip(columns, granted, strict=True))
    apart, _, name = name.rpartition(".")
    return Table(
        schema=apart or columns[0].partition("_")[0],
        name=name,
        wall=wall,  # type: ignore[arg-type]  # looked at above
        rights={role: _rights(cell) for role, cell in by_role.items()},
        through_all=frozenset(role for role, cell in by_role.items() if cell.endswith(" of all")),
    )


def _rights(cell: str) -> frozenset[str]:
    return frozenset(_RIGHT.findall(cell.removesuffix(" of all")))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")]
