"""`make security`: a plugin that says at the end, by the class of attack, how many cases were tried
and how many were answered as promised.

A test counts as one case, unless it says how many it tried: `record_property(TRIED, 28)`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

CLASS, TRIED = "security class", "tried"
Tried = Callable[[int], None]
"""The fixture `tried`, with which a test says how many cases it was."""

FILE = Path(__file__).parents[2] / "var" / "security.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one test, in all its phases."""

    kind: str
    tried: int
    held: bool
    left_out: bool = False


@dataclass(slots=True, kw_only=True)
class Line:
    tests: int = 0
    tried: int = 0
    held: int = 0
    left_out: int = 0


def lines(outcomes: Iterable[Outcome]) -> Mapping[str, Line]:
    """A line for each class; of a test that failed no case counts as held."""
    found: dict[str, Line] = {}
    for each in outcomes:
        line = found.setdefault(each.kind, Line())
        line.tests += 1
        line.left_out += each.left_out
        if not each.left_out:
            line.tried += each.tried
            line.held += each.tried if each.held else 0
    return dict(sorted(found.items()))


def table(by_class: Mapping[str, Line]) -> Iterator[str]:
    yield _row("class of attack", "tests", "cases", "held", "not held", "left out")
    for kind, line in by_class.items():
        not_held = line.tried - line.held
        yield _row(kind, line.tests, line.tried, line.held, not_held, line.left_out)


def _row(kind: str, *figures: object) -> str:
    return f"{kind:32}" + "".join(f"{figure!s:>10}" for figure in figures)


class Table:
    def __init__(self) -> None:
        self._outcomes: dict[str, Outcome] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("security")
            if mark is not None:
                item.user_properties.append((CLASS, mark.args[0]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = dict(report.user_properties)
        if CLASS not in said:
            return
        before = self._outcomes.get(report.nodeid)
        # What is known not to hold yet (xfail) is reported as left out by pytest; it did not hold.
        known_hole = hasattr(report, "wasxfail")
        self._outcomes[report.nodeid] = Outcome(
            kind=str(said[CLASS]),
            tried=int(str(said.get(TRIED, 1))),
            held=not (report.failed or known_hole) and (before is None or before.held),
            left_out=(report.skipped and not known_hole)
            or (before is not None and before.left_out),
        )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        found = lines(self._outcomes.values())
        if not found:
            return
        terminalreporter.write_sep("=", "what was tried, and held")
        for line in table(found):
            terminalreporter.write_line(line)
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps({kind: asdict(line) for kind, line in found.items()}, indent=1))


def pytest_configure(config: pytest.Config) -> None:
    """On xdist's workers nothing is summed up: their reports reach the one who started them."""
    config.pluginmanager.register(Table(), "security-table")
