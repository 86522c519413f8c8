"""What leaves as an error holds our words and the schema's names, never what was sent."""

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.graphql.errors import Overloaded, shown, without_input

NAMES = frozenset({"Query", "me", "Int", "Category"})


@pytest.mark.parametrize(
    ("message", "left"),
    [
        (
            "Cannot query field 'canary' on type 'Query'. Did you mean 'me'?",
            "Cannot query field … on type 'Query'. Did you mean 'me'?.",
        ),
        ('Int cannot represent non-integer value: "can\'ary"', "Int cannot represent non-integer."),
        (
            "Variable '$canary' has invalid value: Int cannot represent canary",
            "Variable … has invalid.",
        ),
        (
            'Value "can\'ary \\"x\\"" does not exist in \'Category\' enum.',
            "Value … enum.",
        ),
        ("Expected value of type 'Int!', found canary.", "Expected value of type …."),
    ],
)
def test_only_names_of_the_schema_stay_in_a_message(message: str, left: str) -> None:
    assert without_input(message, NAMES) == left


@given(st.text(alphabet="abc'\" \\\n", min_size=1, max_size=20))
def test_no_quoted_value_gets_through(value: str) -> None:
    secret = f"canary{value}canary"
    message = f"Value {secret!r} does not exist in 'Category' enum."
    assert "canary" not in without_input(message, NAMES)


def test_an_exceptions_own_words_stay_inside() -> None:
    error = GraphQLError("canary", original_error=ValueError("canary"))
    left = shown(error, NAMES)
    assert left.extensions == {"code": "INTERNAL"}
    assert "canary" not in left.message


def test_a_coded_error_keeps_its_code_and_place() -> None:
    error = GraphQLError("x", path=["me"], original_error=Overloaded(retryAfter=3))
    left = shown(error, NAMES)
    assert left.extensions == {"code": "OVERLOADED", "retryAfter": 3}
    assert left.path == ["me"]


def test_showing_an_error_twice_changes_nothing() -> None:
    once = shown(GraphQLError("Cannot query field 'canary' on type 'Query'."), NAMES)
    assert shown(once, NAMES).formatted == once.formatted
