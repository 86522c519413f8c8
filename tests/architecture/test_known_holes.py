"""No library with a hole that somebody has published, and nothing that runs what it reads."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.version import Version

pytestmark = pytest.mark.security("software supply")

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "deploy/requirements.lock")

FLOORS: Mapping[str, tuple[str, str]] = {
    "cryptography": ("44.0.1", "CVE-2024-12797: raw public keys taken for verified"),
    "fastapi": ("0.132", "bodies of another content type were parsed as JSON"),
    "h11": ("0.16.0", "CVE-2025-43859: smuggling by chunked bodies that end wrongly"),
    "joserfc": ("1.3.5", "CVE-2025-65015: a bearer's own token in the errors, at any length"),
    "kafka-python": ("3.0.12", "the first that the design found without a known hole"),
    "requests": ("2.32.4", "CVE-2024-47081: credentials sent to somebody else's host"),
    "starlette": ("1.3.1", "the first that the design found without a known hole"),
    "strawberry-graphql": ("0.323.2", "the first that the design found without a known hole"),
    "urllib3": ("2.5.0", "CVE-2025-50181: redirects that were switched off were followed"),
}
"""The first version without the hole that is named."""

LEFT_OUT = {"python-multipart": "forms are never read, and its parser has had holes"}

RUNS_WHAT_IT_READS = {"eval", "exec", "compile", "__import__"}
_UNPICKLES = {"pickle", "cPickle", "dill", "shelve", "marshal", "jsonpickle"}


def pinned(lock: str) -> Mapping[str, Version]:
    found = re.findall(
        r"^([a-z0-9-]+)(?:\[[^]]*])?==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE
    )
    return {name: Version(version) for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_that_is_installed_has_a_known_hole(lock: str) -> None:
    installed = pinned(lock)
    assert installed, "the lock is read wrongly"
    below = [
        f"{name} {installed[name]}: {why}"
        for name, (floor, why) in FLOORS.items()
        if name in installed and installed[name] < Version(floor)
    ]
    assert below == []


@pytest.mark.parametrize("lock", LOCKS)
def test_what_is_not_needed_is_not_installed(lock: str) -> None:
    assert set(LEFT_OUT) & set(pinned(lock)) == set()


def test_a_floor_is_of_something_that_is_there() -> None:
    everything = {name for lock in LOCKS for name in pinned(lock)}
    assert set(FLOORS) <= everything


def _sources() -> Iterator[Path]:
    for room in ("libs", "services", "deploy"):
        yield from (ROOT / room).rglob("*.py")


@pytest.mark.parametrize("file", sorted(_sources()), ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_that_is_read_is_run(file: Path) -> None:
    assert list(_dangers(ast.parse(file.read_text("utf-8")))) == []


def _dangers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in RUNS_WHAT_IT_READS:
                yield f"{name}() in line {node.lineno}"
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="yaml"), attr="load" | "unsafe_load")
            ):
                yield f"yaml.load in line {node.lineno}"
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name in _UNPICKLES)
            case ast.ImportFrom(module=module) if module in _UNPICKLES:
                yield str(module)


@pytest.mark.parametrize(
    "source", ["eval('1')", "yaml.load(x)", "import pickle", "from marshal import loads", "exec(x)"]
)
def test_it_would_be_seen(source: str) -> None:
    assert list(_dangers(ast.parse(source)))
