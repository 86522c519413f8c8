"""The document says what the service does: valid, whole, and true of what is answered."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.openapi.models import OpenAPI
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from libs.testing.web import client, edge
from libs.web.service import Manners
from tests.component.web.practice import GIVE, RATE, app

DOCUMENT: Any = app(edge()).openapi()


def nodes(node: Any) -> Iterator[Any]:
    yield node
    within = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for each in within:
        yield from nodes(each)


def operations() -> dict[str, Any]:
    return {
        operation["operationId"]: operation
        for path in DOCUMENT["paths"].values()
        for operation in path.values()
    }


def component(kind: str, name: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(
        "urn:openapi", Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
    )
    schema = {"$ref": f"urn:openapi#/components/{kind}/{name}"}
    return Draft202012Validator(schema, registry=registry)


def test_it_is_an_openapi_document() -> None:
    assert OpenAPI.model_validate(DOCUMENT).openapi == "3.1.0"


def test_its_schemas_are_json_schemas() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    for node in nodes(DOCUMENT):
        if isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
            found = DOCUMENT
            for step in reference.removeprefix("#/").split("/"):
                found = found[step]


def test_every_string_has_a_bound_or_a_form() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for node in nodes(schema):
            if isinstance(node, dict) and node.get("type") == "string":
                bound = node.keys() & {"maxLength", "format", "enum", "const", "pattern"}
                assert bound, f"{name}: {node}"


def test_operations_are_named_as_declared() -> None:
    assert operations().keys() == {
        "givePractice",
        "ratePractice",
        "endPractice",
        "practice",
        "looks",
        "sendCommands",
    }


def test_ids_that_the_edge_makes_are_not_required_of_clients() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["GivePractice"]["required"] == ["patient_id", "title"]
    assert schemas["Step"]["required"] == ["text"]
    assert "patient_zone" not in schemas["GivePractice"]["properties"]
    assert {"occurred_at", "zone"} <= schemas["GivePractice"]["properties"].keys()


def test_text_is_text_when_sent_and_may_be_erased_when_shown() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Step"]["properties"]["text"]["type"] == "string"
    assert len(schemas["StepView"]["properties"]["text"]["anyOf"]) == 2
    steps = schemas["PracticeView"]["properties"]["steps"]["items"]
    assert steps == {"$ref": "#/components/schemas/StepView"}


def test_a_command_says_what_it_is_done_to_and_by_whom() -> None:
    rate = operations()["ratePractice"]
    assert rate["x-interlude-command"] == {
        "aggregate": "practice",
        "creates": False,
        "path": "/v1/practices/{id}/ratings",
        "patients_act": True,
    }
    assert rate["x-interlude-grant"] == {"therapist": "related", "patient": "own"}


def test_what_needs_a_precondition_says_so() -> None:
    names = [each["$ref"].rpartition("/")[2] for each in operations()["endPractice"]["parameters"]]
    assert "IfMatchRequired" in names
    assert "428" in operations()["endPractice"]["responses"]
    assert "428" not in operations()["ratePractice"]["responses"]


def test_what_is_made_says_where_it_is_and_what_is_done_to_it_does_not() -> None:
    for name, located in (("givePractice", True), ("ratePractice", False), ("endPractice", False)):
        for status in ("200", "201"):
            headers = operations()[name]["responses"][status]["headers"]
            assert ("Location" in headers) is located, name
            assert {"ETag", "Interlude-Consistency"} <= headers.keys()


async def test_headers_are_as_declared() -> None:
    async with client(app(edge()), "anna") as anna:
        made = await anna.post("/v1/practices", json=GIVE, headers={"Idempotency-Key": "1"})
        assert "location" in made.headers
        rated = await anna.post(
            f"{made.headers['location']}/ratings", json=RATE, headers={"Idempotency-Key": "2"}
        )
        assert rated.status_code == 201
        assert "location" not in rated.headers


def test_every_operation_says_that_its_path_may_refuse_a_method() -> None:
    for name, operation in operations().items():
        assert "405" in operation["responses"], name
    refused = DOCUMENT["components"]["responses"]["MethodNotAllowed"]
    assert refused["headers"].keys() == {"Allow"}


def test_examples_fit_what_they_are_examples_of() -> None:
    component("schemas", "GivePractice").validate(GIVE)
    content = operations()["givePractice"]["requestBody"]["content"]["application/json"]
    assert content["examples"]["story"]["value"] == GIVE
    batch = operations()["sendCommands"]["requestBody"]["content"]["application/json"]
    component("schemas", "CommandBatch").validate(batch["examples"]["one"]["value"])


async def test_answers_and_problems_are_as_described() -> None:
    async with client(app(edge()), "anna") as anna:
        made = await anna.post("/v1/practices", json=GIVE, headers={"Idempotency-Key": "1"})
        component("schemas", "Answer").validate(made.json())
        shown = await anna.get(made.headers["location"])
        component("schemas", "PracticeView").validate(shown.json())
        wrong = await anna.post("/v1/practices", json={}, headers={"Idempotency-Key": "2"})
        component("schemas", "Problem").validate(wrong.json())


@pytest.mark.parametrize("page", ["/docs", "/redoc", "/openapi.json"])
async def test_its_pages_need_no_network(page: str) -> None:
    async with client(app(edge())) as browser:
        answer = await browser.get(page)
        assert answer.status_code == 200
        assert "https://cdn" not in answer.text
        assert "//fonts." not in answer.text


async def test_pages_can_be_hidden() -> None:
    async with client(app(edge(), manners=Manners(docs=False))) as browser:
        for page in ("/docs", "/redoc", "/openapi.json"):
            answer: httpx.Response = await browser.get(page)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
