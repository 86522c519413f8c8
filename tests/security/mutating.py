"""The same commands as mutations: the example of the contract, put as GraphQL takes it, many in one
document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
)

from libs.eventstore.telling import Role
from services.gateway.graphql.commands import AGGREGATES
from services.gateway.graphql.inputs import camel
from tests.security.access import Whose
from tests.security.asking import OPENAPI, Asked
from tests.security.clinics import Clinics, Things
from tests.system.people import global_id

_AT_ONCE = 25
"""Aliases in one document: the gateway takes 30."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """What `userErrors` say; none when the command was let in and done."""

    errors: Sequence[Mapping[str, Any]]

    @property
    def codes(self) -> set[str]:
        return {error["code"] for error in self.errors}


@cache
def mutations() -> Mapping[str, GraphQLField]:
    schema = build_schema((OPENAPI / "gateway.graphql").read_text())
    made = cast(GraphQLObjectType, schema.mutation_type)
    return dict(made.fields)


def sent(
    clinics: Clinics, role: Role, whose: Whose, commands: Sequence[Asked]
) -> Mapping[str, Refusals]:
    """By the name of each command. A failure of the request is nobody's answer."""
    told: dict[str, Refusals] = {}
    for first in range(0, len(commands), _AT_ONCE):
        some = commands[first : first + _AT_ONCE]
        inputs = dict(_inputs(some, clinics.things[whose]))
        answer = clinics.http.post(
            f"{clinics.run.gateway}/graphql",
            json={"query": _document(some), "variables": inputs},
            headers={"Authorization": f"Bearer {clinics.tokens[role]}"},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer["errors"]
        told |= {name: Refusals(given["userErrors"]) for name, given in answer["data"].items()}
    return told


def _document(commands: Sequence[Asked]) -> str:
    """A mutation stands under its own name: no two are the same."""
    taken = ", ".join(f"${each.name}: {_input_of(each)}" for each in commands)
    fields = " ".join(
        f"{each.name}: {each.name}(input: ${each.name})"
        " { id userErrors { code message field } }"
        for each in commands
    )
    return f"mutation({taken}) {{ {fields} }}"


def _inputs(commands: Sequence[Asked], things: Things) -> Iterator[tuple[str, Any]]:
    for each in commands:
        told = dict(_as_graphql(_input_of(each), each.body(things) or {}))
        if (about := each.named(things)) is not None:
            kind = AGGREGATES.get(each.aggregate)
            told[f"{camel(each.aggregate)}Id"] = global_id(kind, about) if kind else str(about)
        yield each.name, told


def _input_of(asked: Asked) -> GraphQLInputType:
    return mutations()[asked.name].args["input"].type


def _as_graphql(kind: GraphQLInputType, value: Any) -> Any:
    match kind:
        case GraphQLNonNull():
            return _as_graphql(kind.of_type, value)
        case GraphQLList():
            return [_as_graphql(kind.of_type, each) for each in value]
        case GraphQLEnumType():
            return str(value).upper()
        case GraphQLInputObjectType():
            return {
                camel(name): _as_graphql(kind.fields[camel(name)].type, each)
                for name, each in value.items()
            }
        case _:
            return value
