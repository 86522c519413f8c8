"""What is said about homework after the story: of its course, and of the goal that it serves."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def _id(last: int) -> str:
    return f"00000000-0000-7000-8000-{last:012x}"


REQUESTS: Mapping[str, Json] = {
    "exploreFit": {
        "id": _id(0x2A1),
        "preferences": ["One person at a time, where it is quiet."],
        "values": ["To be somebody whom people can come to."],
        "change_beliefs": [
            {"if_text": "I ask and nobody minds", "then_text": "I will dare to ask again"}
        ],
        "fit": {"value": 7, "scale": {"min": 0, "max": 10}},
    },
    "setTargetCognition": {
        "id": _id(0x2A2),
        "target_cognition": {
            "text": "If I ask somebody out for lunch, they will feel trapped.",
            "belief": {"value": 60, "scale": {"min": 0, "max": 100}},
        },
    },
    "tagProcedure": {"procedure": "committed_action"},
    "anticipateObstacle": {
        "id": _id(0x2A3),
        "category": "motivation",
        "kind": "internal",
        "text": "I may lose heart on the way to him.",
        "likelihood": {"value": 5, "scale": {"min": 0, "max": 10}},
        "planned_response": "I have my first sentence ready before I get up.",
    },
    "declineAssignment": {"reason": "Lunch is a whole hour; that is too long for now."},
    "reviseAssignment": {
        "id": _id(0x2A4),
        "title": "A coffee with Tom",
        "description": "Ten minutes at the machine instead of lunch.",
    },
    "pauseAssignment": {"reason": "holiday", "note": "Tom is away for a week."},
    "resumeAssignment": {},
    "completePartially": {
        "id": _id(0x2A5),
        "quantity": 50,
        "note": "We had the coffee, and talked about nothing but work.",
    },
    "reopenAssignment": {"reason": "I would like to try once more, about the weekend."},
    "discontinueAssignment": {"reason": "Tom has moved to another office."},
    "recordNotDone": {"id": _id(0x2A6), "note": "They had visitors all week."},
    "enterInError": {"reason": "It was written down twice."},
    "reviseGoal": {
        "id": _id(0x2A7),
        "statement": "I want to have good relationships with the people around me, first at work.",
        "target": {
            "measure": "People I talk with in a week",
            "comparator": "at_least",
            "value": 4,
            "due": "2026-06-01",
        },
    },
    "recordGoalProgress": {
        "id": _id(0x2A8),
        "achievement": "improving",
        "value": 3,
        "note": "Two of them started it themselves.",
    },
    "closeGoal": {
        "lifecycle": "completed",
        "achievement": "achieved",
        "note": "It happens by itself now.",
    },
}
