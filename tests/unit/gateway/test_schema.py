"""The schema reads as documentation, needs no database, and validates a document only once."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLNamedType,
    get_introspection_query,
    is_introspection_type,
    is_specified_scalar_type,
)

from libs.access.principal import Principal
from libs.eventstore.telling import Role
from libs.testing.cast import ANNA, CLINIC
from services.gateway.contracts import NotAContract, operations
from services.gateway.graphql import documents
from services.gateway.graphql.limits import Limits
from services.gateway.graphql.schema import Schema, build_schema

CONTRACTS = Path(__file__).parents[3] / "openapi"
SAMPLE = Path(__file__).parents[2] / "component" / "gateway" / "contracts"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return build_schema(CONTRACTS)


def test_every_command_of_the_services_is_a_mutation(schema: Schema) -> None:
    mutation = schema._schema.mutation_type
    assert mutation is not None
    assert set(mutation.fields) == {operation.name for operation in operations(CONTRACTS)}
    assert {"giveHomework", "createAssignment", "rateReadiness", "recordEntry"} <= set(
        mutation.fields
    )
    assert {"reportObstacle", "completeHomework", "completeReview"} <= set(mutation.fields)


def somebody(*roles: Role, scopes: Collection[str] = ()) -> Principal:
    return Principal(
        tenant_id=CLINIC, person_id=ANNA, roles=frozenset(roles), scopes=frozenset(scopes)
    )


def test_what_somebody_may_send_follows_from_their_roles(schema: Schema) -> None:
    assert "registerClinic" in schema.open_to(somebody("operator"))
    assert "giveHomework" not in schema.open_to(somebody("operator", "patient"))
    assert schema.open_to(somebody("supervisor")) == schema.open_to(somebody()) == []


def test_what_an_integrator_may_send_follows_from_its_scopes(schema: Schema) -> None:
    patients = somebody("integrator", scopes=["care/patients.write", "care/sessions.read"])
    assert schema.open_to(patients) == [
        "changePatientDetails",
        "changePatientZone",
        "correctDeath",
        "dischargePatient",
        "identifyPatient",
        "readmitPatient",
        "recordDeath",
        "registerPatient",
    ]
    assert schema.open_to(somebody("integrator")) == []


def test_the_queries_have_the_names_that_others_rely_on(schema: Schema) -> None:
    query = schema._schema.query_type
    assert query is not None
    wanted = "me caseload patient today assignment sessionAgenda timeline notebook progress goals"
    assert {*wanted.split(), "diary", "node"} <= set(query.fields)
    subscription = schema._schema.subscription_type
    assert subscription is not None
    assert set(subscription.fields) == {"patientChanged"}


def test_every_type_and_field_says_what_it_is(schema: Schema) -> None:
    silent = [
        f"{name}.{field}"
        for name, kind in schema._schema.type_map.items()
        if not is_introspection_type(kind)
        for field, about in getattr(kind, "fields", {}).items()
        if not about.description
    ]
    untold = [
        name
        for name, kind in schema._schema.type_map.items()
        if not is_introspection_type(kind)
        and not is_specified_scalar_type(kind)
        and not kind.description
        and name != "UUID"
    ]
    assert (silent, untold) == ([], [])


def test_what_is_sent_and_what_is_read_share_their_enums(schema: Schema) -> None:
    kinds = schema._schema.type_map
    assert _category(kinds["ReportObstacleInput"]) == "ObstacleCategory!"
    assert _category(kinds["Hindrance"]) == "ObstacleCategory!"


def _category(kind: GraphQLNamedType) -> str:
    fields: Any = getattr(kind, "fields", {})
    return str(fields["category"].type)


async def test_a_document_is_validated_once(schema: Schema) -> None:
    before = documents._errors.cache_info().hits
    for _ in range(3):
        await schema.execute("{ __typename }")
    assert documents._errors.cache_info().hits == before + 2


async def test_introspection_and_suggestions_are_switched_off_together() -> None:
    hidden = build_schema(SAMPLE, Limits(introspection=False))
    asked = await hidden.execute("{ __schema { types { name } } }")
    assert asked.data is None
    guessed = await hidden.execute("{ caseloa }")
    assert guessed.errors
    assert "Did you mean" not in guessed.errors[0].message


async def test_introspection_works_where_it_is_on(schema: Schema) -> None:
    assert (await schema.execute(get_introspection_query())).errors is None


async def test_an_error_is_logged_without_the_document(
    schema: Schema, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await schema.execute('{ canary(canary: "canary") }')
    told = capsys.readouterr()
    assert "canary" not in caplog.text + told.out + told.err


def test_a_contract_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "care.openapi.json").write_text("{")
    with pytest.raises(NotAContract, match=r"care\.openapi\.json"):
        build_schema(tmp_path)


def test_without_contracts_there_is_a_schema_without_mutations(tmp_path: Path) -> None:
    assert build_schema(tmp_path)._schema.mutation_type is None


def test_the_sample_of_the_component_tests_is_an_openapi_document() -> None:
    sample = json.loads((SAMPLE / "assignment.openapi.json").read_text())
    assert sample["openapi"].startswith("3.1")
