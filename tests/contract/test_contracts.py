"""What is committed in openapi/ is what the code says, and holds together."""

import json
from pathlib import Path

import pytest
import yaml
from graphql import build_schema, validate_schema
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from deploy.contracts.__main__ import BY_HAND, files

OPENAPI = Path(__file__).parents[2] / "openapi"
MADE = dict(files())
DESCRIBED = sorted(
    name.removesuffix(".schema.json")
    for name in MADE
    if "/" in name and name.endswith(".schema.json")
)
"""Of the services' topics in events/, of the analysts' in analytics/."""


def committed(name: str) -> bytes:
    return (OPENAPI / name).read_bytes()


def test_the_committed_contracts_are_the_ones_that_the_code_makes() -> None:
    differ = [name for name, content in MADE.items() if committed(name) != content]
    assert differ == [], "run `make contracts` and read the difference before committing it"


def test_no_contract_is_left_of_something_that_is_gone() -> None:
    there = {str(file.relative_to(OPENAPI)) for file in OPENAPI.rglob("*") if file.is_file()}
    assert there == set(MADE) | BY_HAND


@pytest.mark.parametrize("event", DESCRIBED)
def test_every_example_is_what_its_schema_allows(event: str) -> None:
    schema = json.loads(committed(f"{event}.schema.json"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(committed(f"{event}.example.json")))


def test_plain_text_where_something_sealed_belongs_is_against_the_schema() -> None:
    event = "interlude.assignment.ObstacleReported.v1"
    schema = json.loads(committed(f"events/{event}.schema.json"))
    example = json.loads(committed(f"events/{event}.example.json"))
    example["text"] = "Larry was on the phone at first."
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate(example)


def test_every_event_is_on_exactly_one_topic() -> None:
    described = yaml.safe_load(committed("asyncapi.yaml"))
    assert described["asyncapi"] == "3.1.0"
    on_topics = [name for each in described["channels"].values() for name in each["messages"]]
    assert sorted(on_topics) == sorted(name.partition("/")[2] for name in DESCRIBED)


DOCUMENTS = ("care", "assignment", "diary", "review", "gateway")


@pytest.mark.parametrize("service", DOCUMENTS)
def test_every_reference_in_a_document_leads_somewhere(service: str) -> None:
    document = json.loads(committed(f"{service}.openapi.json"))
    assert document["openapi"].startswith("3.1")
    for reference in _references(document):
        here = document
        for step in reference.removeprefix("#/").split("/"):
            here = here[step]


def test_operation_ids_are_unique_across_all_services() -> None:
    ids = [
        operation["operationId"]
        for service in DOCUMENTS
        for path, methods in json.loads(committed(f"{service}.openapi.json"))["paths"].items()
        for operation in methods.values()
        # Each service has the same batch, and says for itself who looked.
        if path not in {"/v1/commands", "/v1/patients/{id}/looks"}
    ]
    assert len(ids) == len(set(ids))


def test_every_command_is_a_mutation_and_the_schema_is_whole() -> None:
    schema = build_schema(committed("gateway.graphql").decode())
    assert validate_schema(schema) == []
    assert schema.mutation_type is not None
    commands = {
        operation["operationId"]
        for service in DOCUMENTS
        for methods in json.loads(committed(f"{service}.openapi.json"))["paths"].values()
        for operation in methods.values()
        if "x-interlude-command" in operation
    }
    assert set(schema.mutation_type.fields) == commands


def test_everything_in_the_graphql_schema_says_what_it_is() -> None:
    schema = build_schema(committed("gateway.graphql").decode())
    silent = [
        f"{kind}.{field}"
        for kind, described in schema.type_map.items()
        if not kind.startswith("__")
        for field, about in getattr(described, "fields", {}).items()
        if not about.description
    ]
    assert silent == []


def _references(content: object) -> list[str]:
    if isinstance(content, list):
        return [found for each in content for found in _references(each)]
    if not isinstance(content, dict):
        return []
    own = [value for name, value in content.items() if name == "$ref" and isinstance(value, str)]
    return own + [found for each in content.values() for found in _references(each)]
