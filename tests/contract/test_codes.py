"""Every code that an answer can carry is declared once, with words, and stands in errors.md."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.contracts.errors import Said, advice_given, codes, markdown, texts
from services.gateway.graphql.codes import CODES

ROOT = Path(__file__).parents[2]
KNOWN = codes()
RAISING = {"BadRequest", "Overloaded", "Unavailable", "BadPage", "Coded"}


def of_kind(kind: str) -> dict[str, Said]:
    return {said.code: said for said in KNOWN if said.kind == kind}


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text())


def calls(of: set[str], *folders: str) -> Iterator[tuple[Path, ast.Call]]:
    for file, source in sources(*folders):
        for node in ast.walk(source):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in of
            ):
                yield file, node


def literal(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_no_rule_makes_up_a_notice_where_it_gives_it() -> None:
    domains = [f"services/{each}/domain" for each in ("care", "assignment", "diary", "review")]
    assert [str(file) for file, _ in calls({"Notice"}, *domains)] == []


def test_every_advice_is_a_constant_that_can_be_found() -> None:
    listed = of_kind("notice")
    assert {advice.code for advice in advice_given()} == set(listed)
    written = {literal(call.args[0]) for _, call in calls({"Advice"}, "services")}
    assert written - {None} <= set(listed)
    assert {"low-readiness", "no-rationale", "time-uncertain", "work-not-praised"} <= set(listed)


def test_every_check_of_a_field_is_listed() -> None:
    written = {
        literal(keyword.value)
        for _, call in calls({"Checked"}, "libs", "services")
        for keyword in call.keywords
        if keyword.arg == "code"
    }
    assert written
    assert written <= set(of_kind("field"))


def test_every_code_of_graphql_is_listed_and_used() -> None:
    raised = {
        literal(call.args[0]) for _, call in calls(RAISING, "services/gateway") if call.args
    } - {None}
    said = {
        value
        for file, source in sources("services/gateway/graphql")
        if file.name != "codes.py"
        for value in map(literal, ast.walk(source))
        if value in CODES
    }
    assert raised <= set(CODES)
    assert raised | said == set(CODES) == set(of_kind("graphql"))


def test_what_ends_up_in_extensions_is_a_code_of_the_list() -> None:
    written = {
        literal(value)
        for _, source in sources("services/gateway/graphql")
        for node in ast.walk(source)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if literal(key) == "code"
    }
    assert written - {None} <= set(CODES)


def test_a_code_means_one_thing() -> None:
    assert [code for code, times in Counter(said.code for said in KNOWN).items() if times > 1] == []


@pytest.mark.parametrize("said", KNOWN, ids=lambda said: said.code)
def test_every_code_has_words_and_a_place(said: Said) -> None:
    assert said.title
    assert said.detail.endswith((".", '"3".')), said
    assert f"| `{said.code}` |" in markdown(KNOWN)
    assert texts(KNOWN)[said.code]["kind"] == said.kind
    assert (said.status is not None) == (said.kind == "refusal")
