"""What a document may ask for, measured without running it."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import build_schema, parse, specified_rules, validate

from services.gateway.graphql.limits import Limits, cost_of, too_many_values, within

SCHEMA = build_schema(
    "type Query { many(first: Int, last: Int): Query, name: String } directive @d on FIELD"
)
LIMITS = Limits(depth=4, aliases=3, directives=2, repeats=2, cost=25_000)
RULE = within(LIMITS)


def exceeded(document: str) -> set[str]:
    errors = validate(SCHEMA, parse(document), [RULE])
    return {error.extensions["limit"] for error in errors if error.extensions}


@pytest.mark.parametrize(
    ("document", "limits"),
    [
        ("{ many { many { many { name } } } }", set()),
        ("{ many { many { many { many { name } } } } }", {"depth"}),
        ("{ a: name b: name c: name }", set()),
        ("{ a: name b: name c: name d: name }", {"aliases"}),
        ("{ name @d many { name @d name @d } }", {"directives"}),
        ("{ many(first: 30) { many(first: 30) { name } } }", set()),
        ("{ many(first: 40) { many(last: 40) { many(last: 40) { name } } } }", {"cost"}),
        (
            "query($n: Int) { many(first: $n) { many(first: 20) { many(first: 20) { name } } } }",
            {"cost"},
        ),
        ("{ ...a } fragment a on Query { many { many { many { many { name } } } } }", {"depth"}),
        ("{ many(first: 99999999) { name } }", set()),
        ("{ name name name }", set()),
        ("{ name name name name }", {"repeats"}),
        ("{ ...a ...a ...a ...a } fragment a on Query { name }", {"repeats"}),
        ("{ ...{name} ...{name} ...{name} ... on Query {name} }", {"repeats"}),
        ("{ ...{...{name name}} ...{name name} }", {"repeats"}),
        ("{ name } fragment a on Query { name name name name }", {"repeats"}),
        ("{ ...{name} ...{name name} }", set()),
        ("{ __schema { types { name fields { name } } } }", set()),
        ("{ __schema { a: types { name } } }", {"cost"}),
        ("{ a: __schema { types { name } } b: __schema { types { name } } }", {"cost"}),
        ("{ many(first: -5) { name } }", set()),
        # Python reads no number of more than 4,300 digits.
        (f"{{ many(first: {'9' * 5_000}) {{ name }} }}", {"digits"}),
        (f"{{ many(first: -{'9' * 5_000}) {{ name }} }}", {"digits"}),
        (
            "{ many(first: %s) { many(first: 100) { many(first: 100) { name } } } }"
            % ("9" * 5_000),
            {"cost", "digits"},
        ),
    ],
)
def test_every_limit_counts_what_it_says(document: str, limits: set[str]) -> None:
    assert exceeded(document) == limits


def test_too_much_is_refused_before_every_pair_of_fields_is_compared() -> None:
    document = parse("{ " + "name many { name } " * 800 + "}")
    rules = [*specified_rules, RULE]
    assert [error.message for error in validate(SCHEMA, document, rules)] == [
        "The document exceeds the limit of 2 for repeats."
    ]


def test_a_fragment_costs_wherever_it_is_spread() -> None:
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(200))
    document = f"{{ ...f0 }} {doubling} fragment f200 on Query {{ name }}"
    assert exceeded(document) == {"cost", "repeats"}


def test_fragments_in_a_circle_are_somebody_elses_rule() -> None:
    assert exceeded("{ ...a } fragment a on Query { ...a name }") == set()


@pytest.mark.parametrize(
    ("variables", "too_many"),
    [
        ({}, False),
        ({"a": 1, "b": [1, 2]}, False),
        ({"a": 1, "b": [1, 2, 3]}, True),
        ({str(n): n for n in range(5)}, True),
        ({"a": {"b": {"c": {"d": 1}}}}, False),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, True),
        ({"a": "as long as it likes"}, False),
    ],
)
def test_the_names_and_items_of_variables_are_counted_however_deep(
    variables: Mapping[str, Any], *, too_many: bool
) -> None:
    assert too_many_values(variables, 4) is too_many


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ name }", 1),
        ("{ many(first: 50) { name } }", 51),
        ("query A { name } query B { many(first: 50) { name } }", 51),
        ("{ ...all } fragment all on Query { many(last: 10) { name } }", 11),
        ("fragment nobodys on Query { name }", 0),
    ],
)
def test_a_document_costs_what_its_dearest_operation_does(document: str, cost: int) -> None:
    assert cost_of(parse(document)) == cost
