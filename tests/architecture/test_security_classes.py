"""Every test of an attack says of which class it is, so that a table of them can be made."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
CLASSES = {
    "audit",
    "canaries",
    "database roles",
    "erasure",
    "foreign like missing",
    "forged tokens",
    "fuzz over GraphQL",
    "fuzz over REST",
    "hostile GraphQL",
    "hostile HTTP",
    "secrets at start",
    "software supply",
    "strangers' records",
    "who may do what",
    "who may use Kafka",
}


def classes(file: Path) -> Iterator[str]:
    """Of what `pytest.mark.security("…")` says in a file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="security", value=ast.Attribute(attr="mark")),
                args=[ast.Constant(value=str(named))],
            ):
                yield named


def test_each_file_about_security_names_a_class() -> None:
    silent = [
        each.name
        for each in sorted((TESTS / "security").glob("test_*.py"))
        if not list(classes(each))
    ]
    assert silent == []


def test_there_are_no_classes_but_those_that_are_known() -> None:
    named = {one for file in TESTS.rglob("test_*.py") for one in classes(file)}
    assert named == CLASSES
