"""`openapi/access.md` as rows: what may be done, and by whom it may be done."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from libs.access.policy import Relation
from libs.eventstore.telling import Role

Whose = Literal["mine", "a colleague's", "another clinic's", "nobody's"]
EVERYBODYS: tuple[Whose, ...] = get_args(Whose)

_REACHES: Mapping[Relation, frozenset[Whose]] = {
    "own": frozenset({"mine"}),
    "related": frozenset({"mine"}),
    "supervised": frozenset({"mine"}),
    "facilitates": frozenset({"mine"}),
    "clinic": frozenset({"mine", "a colleague's"}),
    "any": frozenset({"mine", "a colleague's"}),
}
"""Whose things a relation opens to somebody of the first clinic."""

FILE = Path(__file__).parents[2] / "openapi" / "access.md"
SCOPES = "\n## Scopes\n"
ROLE_COMMANDS = "\n## Role commands\n"
"""Nobody's rights over the network, but an operator's at the machine: see `commands.py`."""

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "system")
_TITLE = re.compile(r"## (.+)")
_SCOPE = re.compile(r"\| `([a-z./:-]+)` \|(.*)\|")
_FINISHES = "| related, finishes |"
_NAMED = re.compile(r"`(\w+)`")
_ROW = re.compile(r"\| `(\w+)` \|(.*)\|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`section` is the heading that it stands under; roles that may not are left out. `finishes`:
    it is open to a therapist whose record it is for a while longer.
    """

    section: str
    name: str
    relations: Mapping[Role, Relation]
    finishes: bool = False

    def opens(self, role: Role, whose: Whose) -> bool:
        relation = self.relations.get(role)
        return relation is not None and whose in _REACHES[relation]


@cache
def rows() -> tuple[Row, ...]:
    """In the order of the file. Raises ValueError for a row that nobody could read."""
    text, _, _ = FILE.read_text("utf-8").partition(SCOPES)
    return tuple(_rows(text))


@cache
def scopes() -> Mapping[str, str]:
    """By operation, what an integrator's token must carry. Raises ValueError where one has two."""
    text, _, _ = FILE.read_text("utf-8").partition(SCOPES)[2].partition(ROLE_COMMANDS)
    told = [
        (operation, row[1])
        for line in text.splitlines()
        if (row := _SCOPE.fullmatch(line))
        for operation in _NAMED.findall(row[2])
    ]
    if len(told) != len(dict(told)):
        raise ValueError("an operation has two scopes")
    return dict(told)


def of(section: str) -> Mapping[str, Row]:
    return {row.name: row for row in rows() if row.section == section}


def _rows(text: str) -> Iterator[Row]:
    section, columns = "", list[str]()
    for line in text.splitlines():
        if title := _TITLE.fullmatch(line):
            section, columns = title[1], []
        elif line.startswith("| ") and not columns:
            columns = [cell.replace(" ", "_") for cell in _cells(line)[1:]]
            if columns != list(ROLES):
                raise ValueError(f"{section}: the columns are not the roles")
        elif row := _ROW.fullmatch(line):
            plain = line.replace(_FINISHES, "| related |")
            yield Row(
                section=section,
                name=row[1],
                relations=_relations(row[1], plain),
                finishes=plain != line,
            )


def _relations(name: str, line: str) -> Mapping[Role, Relation]:
    cells = _cells(line)[1:]
    if len(cells) != len(ROLES) or any(cell and cell not in get_args(Relation) for cell in cells):
        raise ValueError(f"{name}: each role has a relation, or nothing")
    return {role: cell for role, cell in zip(ROLES, cells, strict=True) if cell}  # type: ignore[misc]  # looked at above


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
