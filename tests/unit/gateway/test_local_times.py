"""Times by the wall clock are a type of their own in GraphQL."""

import re
from pathlib import Path

import pytest
from graphql import GraphQLError, GraphQLScalarType

from services.gateway.graphql.schema import Schema, build_schema

OPENAPI = Path(__file__).parents[3] / "openapi"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return build_schema(OPENAPI)


def test_what_is_asked_and_what_is_shown_have_the_same_type(schema: Schema) -> None:
    said = schema.as_str()
    for kind in ("type LocalMoment", "input LocalMomentInput"):
        body = re.search(rf"{kind} {{(.*?)}}", said, re.DOTALL)
        assert body is not None
        assert "local: LocalDateTime!" in body.group(1)


@pytest.mark.parametrize("text", ["2026-03-02T11:00:00Z", "2026-03-02T11:00+01:00", "at eleven"])
def test_an_offset_is_refused_at_the_door(schema: Schema, text: str) -> None:
    scalar = schema._schema.type_map["LocalDateTime"]
    assert isinstance(scalar, GraphQLScalarType)
    assert scalar.serialize(scalar.parse_value("2026-03-02T11:00")) == "2026-03-02T11:00:00"
    with pytest.raises((ValueError, GraphQLError)):
        scalar.parse_value(text)
