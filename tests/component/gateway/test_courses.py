"""How homework went on after the story, and a goal that was reached, as screens show them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.gateway.graphql.ids import to_global
from tests.component.gateway.telling import ANOTHER_GOAL, Projecting, Story

pytestmark = pytest.mark.postgres

COFFEE, NOT_DONE, MISTAKE, ALONE = [
    UUID(f"00000000-0000-7000-8000-0000000000{last}") for last in ("f3", "f4", "f5", "f6")
]


@pytest.fixture(scope="module", autouse=True)
def all_told(project: Projecting, story: Story) -> None:
    project(*asyncio.run(story.all_that_can_happen()))


async def seen(ask: Any, who: str, homework: UUID, fields: str) -> Any:
    id_ = to_global("Assignment", homework)
    return (await ask(who, f'{{ assignment(id: "{id_}") {{ {fields} }} }}'))["data"]["assignment"]


async def test_homework_is_shown_with_its_whole_course(ask: Any) -> None:
    shown = await seen(
        ask,
        "anna",
        COFFEE,
        """status title modalityTags closedAt selfDirected
        targetCognition { belief { value } } fits { values fit { value } }
        declines { reason declinedBy } pauses { reason note } resumptions { resumedBy }
        completions { quantity note } reopenings { because status reason }
        discontinuations { because reason discontinuedBy attested }""",
    )
    assert shown == {
        "status": "DISCONTINUED",
        "title": "A coffee with Tom",
        "modalityTags": ["COMMITTED_ACTION"],
        "closedAt": "2026-05-08T06:00:00+00:00",
        "selfDirected": False,
        "targetCognition": {"belief": {"value": 60}},
        "fits": [
            {"values": ["To be somebody whom people can come to."], "fit": {"value": 7}},
        ],
        "declines": [
            {
                "reason": "Lunch is a whole hour; that is too long for now.",
                "declinedBy": "PATIENT",
            }
        ],
        "pauses": [{"reason": "HOLIDAY", "note": "Tom is away for a week."}],
        "resumptions": [{"resumedBy": "PATIENT"}],
        "completions": [
            {"quantity": 50, "note": "We had the coffee, and talked about nothing but work."}
        ],
        "reopenings": [
            {
                "because": "TAKEN_UP_AGAIN",
                "status": "ACTIVE",
                "reason": "I would like to try once more, about the weekend.",
            }
        ],
        "discontinuations": [
            {
                "because": "STOPPED",
                "reason": "Tom has moved to another office.",
                "discontinuedBy": "THERAPIST",
                "attested": False,
            }
        ],
    }


@pytest.mark.parametrize(
    ("homework", "status", "alone"),
    [
        (NOT_DONE, "NOT_DONE", False),
        (MISTAKE, "ENTERED_IN_ERROR", False),
        (ALONE, "ACTIVE", True),
    ],
)
async def test_where_it_stands_is_shown(
    ask: Any, homework: UUID, status: str, *, alone: bool
) -> None:
    shown = await seen(ask, "masha", homework, "status selfDirected")
    assert shown == {"status": status, "selfDirected": alone}


async def test_what_was_entered_in_error_counts_in_no_adherence(ask: Any) -> None:
    shown = await ask("masha", "{ progress { assignments { assignmentId } } }")
    counted = {each["assignmentId"] for each in shown["data"]["progress"]["assignments"]}
    assert to_global("Assignment", NOT_DONE) in counted
    assert to_global("Assignment", MISTAKE) not in counted


async def test_a_goal_is_shown_with_how_far_it_came(ask: Any) -> None:
    id_ = to_global("Goal", ANOTHER_GOAL)
    fields = """statement target { value } lifecycle achievement
        progress { achievement value note } closing { lifecycle achievement note closedBy }"""
    shown = await ask("anna", f'{{ node(id: "{id_}") {{ ... on Goal {{ {fields} }} }} }}')
    goal = shown["data"]["node"]
    assert goal["statement"].endswith("first at work.")
    assert goal["target"] == {"value": 4}
    assert (goal["lifecycle"], goal["achievement"]) == ("COMPLETED", "ACHIEVED")
    assert goal["progress"] == {
        "achievement": "IMPROVING",
        "value": 3,
        "note": "Two of them started it themselves.",
    }
    assert goal["closing"] == {
        "lifecycle": "COMPLETED",
        "achievement": "ACHIEVED",
        "note": "It happens by itself now.",
        "closedBy": "THERAPIST",
    }


async def test_the_timeline_gives_the_reasons_words(ask: Any) -> None:
    fields = "nodes { type excerpt codes { name value } }"
    shown = await ask("masha", f"{{ timeline(first: 100) {{ {fields} }} }}")
    told = {each["type"]: each for each in shown["data"]["timeline"]["nodes"]}
    assert told["AssignmentDeclined"]["excerpt"].startswith("Lunch is a whole hour")
    assert {"name": "status", "value": "active"} in told["AssignmentReopened"]["codes"]
