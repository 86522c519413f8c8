"""The role commands of `openapi/access.md`, and the command lines as the code makes them."""

import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from typing import Any

from typer import Typer
from typer.main import get_command

from libs.process.roles import command_line
from libs.process.stopping import SIGNALS
from tests.security.access import FILE, ROLE_COMMANDS

SERVICES = ("care", "assignment", "diary", "review")
OF_EACH = "<service>"
"""What stands for any of the services in a row."""

_ROW = re.compile(r"\| `([^`]+)` \| (.+) \| (.+) \|")
_NAME = re.compile(r"`([^`]+)`")
_MISSING = re.compile(r"(\w+) is missing\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    name: str
    database_roles: tuple[str, ...]
    must_be_given: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCommand:
    """`words` are what follows `python -m services.<service>`, without arguments."""

    service: str
    words: tuple[str, ...]
    line: Typer
    parsed: Any

    @property
    def name(self) -> str:
        return " ".join((self.service, *self.words))

    @property
    def arguments(self) -> list[str]:
        """So that it comes to its settings."""
        told = [_ANY[each.name] for each in self.parsed.params if each.name in _ANY]
        return [word for each in told for word in each]

    def complains(self) -> str:
        """Of settings that are missing or wrong: it stops before it does anything."""
        told = StringIO()
        with _heard_as_before(), redirect_stderr(told), suppress(SystemExit):
            self.line([*self.words, *self.arguments])
        return told.getvalue()

    def asks_for(self) -> frozenset[str]:
        return frozenset(_MISSING.findall(self.complains()))


_ANY = {
    "name": ["goals"],
    "place": ["interlude.care.events.v1/0/7"],
    "clinic": ["--clinic", "01990000-0000-7000-8000-00000000c001"],
}
"""Arguments that command lines take, by their names."""


@contextmanager
def _heard_as_before() -> Iterator[None]:
    """A role begins with ending at once when somebody asks the process to."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    try:
        yield
    finally:
        for each, heard in before.items():
            signal.signal(each, heard)


def rows() -> Mapping[str, CommandRow]:
    """By command, a row of each service for those that stand for all."""
    _, _, section = FILE.read_text("utf-8").partition(ROLE_COMMANDS)
    told = [row for line in section.splitlines() if (row := _ROW.fullmatch(line))]
    named = [each for row in told for each in _expanded(row)]
    known = {each.name: each for each in named}
    assert len(known) == len(named), "a command has two rows"
    return known


def commands() -> Iterator[RoleCommand]:
    for service in (*SERVICES, "gateway"):
        module = import_module(f"services.{service}.__main__")
        line = getattr(module, "line", None) or command_line(module.SERVICE)
        yield from _below(service, line, get_command(line), ())


def _expanded(row: re.Match[str]) -> Iterator[CommandRow]:
    for service in SERVICES if OF_EACH in row[1] else ("",):
        yield CommandRow(
            name=row[1].replace(OF_EACH, service),
            database_roles=tuple(_NAME.findall(row[2].replace(OF_EACH, service))),
            must_be_given=frozenset(_NAME.findall(row[3])),
        )


def _below(service: str, line: Typer, parsed: Any, words: tuple[str, ...]) -> Iterator[RoleCommand]:
    """A group that does something by itself is a command as well."""
    inner: Mapping[str, Any] = getattr(parsed, "commands", {})
    if not inner or parsed.invoke_without_command:
        yield RoleCommand(service=service, words=words, line=line, parsed=parsed)
    for word, each in inner.items():
        yield from _below(service, line, each, (*words, word))
