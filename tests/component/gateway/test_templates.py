"""The catalogue as clients ask for it: the clinic's own templates and the built-in ones."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.vocabulary.templates import built_in
from services.assignment import wire
from services.assignment.examples import FACTS, INTERPERSONAL_SKILLS
from services.assignment.played_templates import TEMPLATES
from services.gateway.graphql.context import Parts
from services.gateway.graphql.ids import to_global
from tests.component.gateway.telling import Projecting, Story, of

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told", "catalogue")]

OURS = UUID(TEMPLATES["publishTemplate"]["id"])
KEPT = UUID(int=0x7E2)
ALL = """query($after: String, $category: AssignmentCategory, $locale: String) {
  templates(first: 5, after: $after, category: $category, locale: $locale) {
    nodes { id version builtIn category texts { locale title } }
    pageInfo { hasNextPage endCursor } } }"""
ONE = """query($id: ID!, $version: Int) { template(id: $id, version: $version) {
  id version newest builtIn retiredAt worksheet procedureTags
  defaultPlan { durationMin obstacles { text } } texts { locale } } }"""


@pytest.fixture(scope="module")
def catalogue(project: Projecting, story: Story) -> None:
    """The story's left the catalogue in its second version; this one is there."""
    published, revised, _retired = of(wire.templates, FACTS)
    project(asyncio.run(story.told(wire.templates, KEPT, [published, revised], None)))


async def listed(ask: Any, who: str, **wanted: Any) -> list[Any]:
    found: list[Any] = []
    while True:
        page = (await ask(who, ALL, **wanted))["data"]["templates"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        wanted["after"] = page["pageInfo"]["endCursor"]


async def test_a_therapist_finds_the_clinics_own_and_the_built_in_ones(ask: Any) -> None:
    found = await listed(ask, "anna")
    assert len({each["id"] for each in found}) == len(found) == len(built_in()) + 1
    (own,) = [each for each in found if not each["builtIn"]]
    assert own["id"] == to_global("Template", KEPT)
    assert own["version"] == 2


async def test_a_page_of_the_catalogue_is_one_statement(ask: Any, parts: Parts) -> None:
    before = parts.models.asked
    await ask("anna", ALL)
    assert parts.models.asked == before + 1


async def test_it_is_asked_by_category_and_language(ask: Any) -> None:
    thoughts = await listed(ask, "anna", category="THOUGHT_EVALUATION")
    assert len(thoughts) == 3
    assert {each["category"] for each in thoughts} == {"THOUGHT_EVALUATION"}
    everything = await listed(ask, "anna")
    assert len(await listed(ask, "anna", locale="es-MX")) == len(everything)
    assert await listed(ask, "anna", locale="pt") == []


async def test_a_template_is_shown_in_the_version_that_is_asked_for(ask: Any) -> None:
    id_ = to_global("Template", OURS)
    newest = (await ask("ruth", ONE, id=id_))["data"]["template"]
    assert (newest["version"], newest["newest"]) == (2, True)
    assert newest["retiredAt"] is not None
    assert newest["defaultPlan"]["obstacles"] == [
        {"text": "There is always something more urgent."}
    ]
    first = (await ask("admin", ONE, id=str(OURS), version=1))["data"]["template"]
    assert (first["version"], first["newest"], first["defaultPlan"]) == (1, False, None)
    assert first["procedureTags"] == ["ROLE_PLAY", "EXPERIMENT"]
    assert (await ask("anna", ONE, id=id_, version=3))["data"]["template"] is None


async def test_a_built_in_template_is_a_node_too(ask: Any) -> None:
    id_ = to_global("Template", INTERPERSONAL_SKILLS)
    shown = (await ask("anna", ONE, id=id_))["data"]["template"]
    assert (shown["builtIn"], shown["worksheet"]) == (True, "interpersonal_practice")
    node = await ask("anna", "query($id: ID!) { node(id: $id) { __typename id } }", id=id_)
    assert node["data"]["node"] == {"__typename": "Template", "id": id_}


@pytest.mark.parametrize("who", ["masha", "analyst"])
async def test_patients_and_analysts_find_no_catalogue(ask: Any, who: str) -> None:
    assert await listed(ask, who) == []
    for each in (OURS, UUID(INTERPERSONAL_SKILLS)):
        shown = await ask(who, ONE, id=to_global("Template", each))
        assert shown["data"]["template"] is None


async def test_another_clinic_finds_the_built_in_ones_alone(ask: Any) -> None:
    found = await listed(ask, "stranger")
    assert len(found) == len(built_in())
    assert (await ask("stranger", ONE, id=str(OURS)))["data"]["template"] is None


async def test_homework_says_which_template_it_was_made_from(ask: Any) -> None:
    answer = await ask(
        "masha",
        """{ assignments(first: 1) { nodes {
        templateRef { id version } instructions procedureTags worksheet } } }""",
    )
    (homework,) = answer["data"]["assignments"]["nodes"]
    assert homework["templateRef"] == {"id": INTERPERSONAL_SKILLS, "version": 1}
    assert homework["instructions"].startswith("Choose the person and the moment.")
    assert homework["procedureTags"] == [
        "ROLE_PLAY",
        "EXPERIMENT",
        "CLIENT_THERAPIST_COLLABORATION",
    ]
    assert homework["worksheet"] == "interpersonal_practice"
