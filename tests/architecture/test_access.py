"""Nothing can be asked of Interlude that `openapi/access.md` does not say who may ask it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, build_schema

from tests.security import access

pytestmark = pytest.mark.security("who may do what")

OPENAPI = Path(__file__).parents[2] / "openapi"
SERVICES = ("care", "assignment", "diary", "review")
EACH_BY_ITSELF = {"sendCommands", "node"}
"""What carries others, or gives any of them: the rows are theirs."""

THE_PATIENTS_ALONE = {"looks"}
"""Each service answers it by the same name, and no scope opens it."""

HEALTH_AND_PAGES = {"/livez", "/readyz", "/events", "/graphql", "/graphql/stream"}
"""What holds nothing of anybody, and the doors to GraphQL."""


def document(service: str) -> Any:
    return json.loads((OPENAPI / f"{service}.openapi.json").read_text())


def operations(service: str) -> Mapping[str, Any]:
    return {
        operation["operationId"]: operation.get("x-interlude-grant")
        for path, methods in document(service)["paths"].items()
        for operation in methods.values()
        if service != "gateway" or path not in HEALTH_AND_PAGES
    }


def schema() -> GraphQLSchema:
    return build_schema((OPENAPI / "gateway.graphql").read_text())


def fields(type_name: str) -> set[str]:
    return set(cast(GraphQLObjectType, schema().type_map[type_name]).fields)


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_every_operation_of_a_service_has_its_row_which_says_what_the_code_does(
    service: str,
) -> None:
    offered = operations(service)
    told = {name: dict(row.relations) for name, row in access.of(f"REST: {service}").items()}
    assert told == {name: grant for name, grant in offered.items() if name not in EACH_BY_ITSELF}


@pytest.mark.parametrize("service", SERVICES)
def test_what_counts_as_finishing_a_record_is_marked(service: str) -> None:
    marked = {
        operation["operationId"]
        for methods in document(service)["paths"].values()
        for operation in methods.values()
        if operation.get("x-interlude-finishes")
    }
    assert marked == {name for name, row in access.of(f"REST: {service}").items() if row.finishes}


def scopes(service: str) -> Mapping[str, tuple[str, Any]]:
    """What a document calls each operation's scope, and what it requires of an integrator."""
    return {
        operation["operationId"]: (operation["x-interlude-scope"], required(operation))
        for methods in document(service)["paths"].values()
        for operation in methods.values()
        if operation["operationId"] not in EACH_BY_ITSELF | THE_PATIENTS_ALONE
    }


def scoped(service: str) -> Mapping[str, access.Row]:
    rows = access.of(f"REST: {service}")
    return {name: row for name, row in rows.items() if name not in THE_PATIENTS_ALONE}


def required(operation: Mapping[str, Any]) -> Any:
    return [each["integrator"] for each in operation["security"] if "integrator" in each]


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_the_scope_that_the_file_says(service: str) -> None:
    told = {name: access.scopes().get(name) for name in scoped(service)}
    assert told == {name: scope for name, (scope, _) in scopes(service).items()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_scope_is_required_where_an_integrator_may_and_nowhere_else(service: str) -> None:
    for name, row in scoped(service).items():
        scope, needed = scopes(service)[name]
        assert needed == ([[scope]] if "integrator" in row.relations else []), name


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_the_patients_alone_is_open_to_nobody_else(service: str) -> None:
    for name in THE_PATIENTS_ALONE:
        assert access.of(f"REST: {service}")[name].relations == {"patient": "own"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_scope_is_described(service: str) -> None:
    flows = document(service)["components"]["securitySchemes"]["integrator"]["flows"]
    described = flows["clientCredentials"]["scopes"]
    assert set(described) == {scope for scope, _ in scopes(service).values()}
    assert all(described.values())


def test_no_row_gives_a_scope_to_what_cannot_be_asked() -> None:
    assert set(access.scopes()) == {name for service in SERVICES for name in scopes(service)}


def test_the_gateways_own_paths_are_those_that_are_known() -> None:
    ungranted = {
        path
        for path, methods in document("gateway")["paths"].items()
        if not all("x-interlude-grant" in operation for operation in methods.values())
    }
    assert ungranted == HEALTH_AND_PAGES


def test_every_query_has_its_row() -> None:
    assert set(access.of("GraphQL: queries")) == fields("Query") - EACH_BY_ITSELF


def test_every_subscription_has_its_row() -> None:
    assert set(access.of("GraphQL: subscriptions")) == fields("Subscription")


def test_every_node_has_its_row() -> None:
    whole = schema()
    node = cast(GraphQLInterfaceType, whole.type_map["Node"])
    assert set(access.of("GraphQL: nodes")) == {
        each.name for each in whole.get_possible_types(node)
    }


def test_every_mutation_is_a_command_that_has_its_row() -> None:
    commands = {name for service in SERVICES for name in access.of(f"REST: {service}")}
    assert fields("Mutation") <= commands


def test_nobody_has_a_row_for_what_cannot_be_asked() -> None:
    sections = {row.section for row in access.rows()}
    graphql = {f"GraphQL: {kind}" for kind in ("queries", "subscriptions", "nodes")}
    rest = {f"REST: {service}" for service in (*SERVICES, "gateway")}
    assert sections == rest | graphql


def test_a_row_is_there_once() -> None:
    named = [(row.section, row.name) for row in access.rows()]
    assert len(named) == len(set(named))
