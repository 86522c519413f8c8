"""The written summary on the homework's screen (C17)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from libs.testing.cast import MASHA
from services.assignment import wire
from services.assignment.domain.creation import AssignmentCreated
from services.assignment.domain.plan import PlanRevised, PlanSpecified
from services.assignment.domain.summary import SummaryIssued, SummaryViewed
from services.assignment.domain.terms import AssignmentId
from services.assignment.examples import FACTS
from services.gateway.graphql.ids import to_global
from tests.component.gateway.screens import HERS
from tests.component.gateway.telling import Projecting, Story

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("told")]

SUMMARY = """query($id: ID!) { assignment(id: $id) {
  summary { summaryVersion planVersion locale bodyMarkdown sha256 outdated viewedAt }
  summaries { summaryVersion } } }"""
OTHER = UUID(int=0xF9)


def example(kind: type[Any]) -> Any:
    return next(fact for fact in FACTS if type(fact) is kind)


def named(kind: type[Any], **fields: Any) -> Any:
    return replace(example(kind), **fields)


async def shown(ask: Any, who: str, id_: str) -> Any:
    return (await ask(who, SUMMARY, id=id_))["data"]["assignment"]


async def made(project: Projecting, story: Story, number: int, *facts: Any) -> str:
    uuid = UUID(int=OTHER.int + number)
    created = named(AssignmentCreated, assignment_id=AssignmentId(uuid))
    project(await story.told(wire.assignments, uuid, [created, *facts], MASHA))
    return to_global("Assignment", uuid)


@pytest.mark.parametrize("who", ["masha", "anna", "ruth"])
async def test_c17_the_newest_summary_stands_with_the_homework(ask: Any, who: str) -> None:
    homework = await shown(ask, who, HERS)
    assert homework["summary"]["bodyMarkdown"].startswith("# Conversations with 4 people")
    assert (homework["summary"]["summaryVersion"], homework["summary"]["locale"]) == (1, "en")
    assert homework["summary"]["viewedAt"] is not None
    assert len(homework["summary"]["sha256"]) == 64


async def test_c17_a_newer_plan_makes_it_outdated(
    ask: Any, project: Projecting, story: Story
) -> None:
    first = example(SummaryIssued)
    revised = named(PlanRevised, plan_version=2)
    planned = example(PlanSpecified)
    id_ = await made(project, story, 1, planned, first, revised)
    assert (await shown(ask, "anna", id_))["summary"]["outdated"]
    second = replace(first, summary_version=2, plan_version=2)
    viewed = named(SummaryViewed, summary_version=1)
    id_ = await made(project, story, 2, planned, first, viewed, revised, second)
    homework = await shown(ask, "anna", id_)
    assert (homework["summary"]["summaryVersion"], homework["summary"]["outdated"]) == (2, False)
    assert homework["summary"]["viewedAt"] is None
    assert [each["summaryVersion"] for each in homework["summaries"]] == [1, 2]


async def test_homework_without_a_summary_has_none(
    ask: Any, project: Projecting, story: Story
) -> None:
    id_ = await made(project, story, 3)
    assert await shown(ask, "masha", id_) == {"summary": None, "summaries": []}
