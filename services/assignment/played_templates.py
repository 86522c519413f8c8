"""A clinic's own template, as this service tells it: one realistic body of every request, and what
comes of them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.web.shapes import Shape
from services.assignment.domain.template import (
    Event,
    PublishTemplate,
    RetireTemplate,
    ReviseTemplate,
    decider,
)

Json = dict[str, Any]

ANNA = Actor(person_id=UUID("00000000-0000-7000-8000-0000000000a1"), role="therapist")
MORNING = datetime(2026, 2, 20, 9, tzinfo=UTC)

_TEXTS: Json = {
    "texts": [
        {
            "locale": "en-GB",
            "title": "Small talk at work",
            "description": "A first sentence to somebody whom one sees every day.",
            "instructions": "Choose a person and a moment. Say the sentence that you rehearsed.",
        },
        {
            "locale": "es",
            "title": "Charla breve en el trabajo",
            "instructions": "Elige a una persona y un momento. Di la frase que ensayaste.",
        },
    ],
    "category": "behavioral_intervention",
    "technique": "interpersonal_skills",
    "modality_tags": ["experiment"],
    "procedure_tags": ["role_play", "experiment"],
    "worksheet": "interpersonal_practice",
}
_PLAN: Json = {
    "site": {"kind": "work"},
    "timing": {"rule": "n_times", "cue": {"after_activity": "The first coffee"}},
    "frequency": {"count": 3, "per": "between_sessions"},
    "duration_min": 5,
    "obstacles": [
        {
            "category": "motivation",
            "text": "There is always something more urgent.",
            "kind": "internal",
            "planned_response": "Begin before the first message of the day.",
        }
    ],
    "target": {"count": 3, "unit": "conversations", "distinct": True},
}

TEMPLATES: Mapping[str, Json] = {
    "publishTemplate": {"id": "00000000-0000-7000-8000-0000000007e1", **_TEXTS},
    "reviseTemplate": {**_TEXTS, "default_plan": _PLAN},
    "retireTemplate": {},
}
TEMPLATE_REQUESTS: Mapping[str, type[Any]] = {
    "publishTemplate": PublishTemplate,
    "reviseTemplate": ReviseTemplate,
    "retireTemplate": RetireTemplate,
}


def facts_about_templates() -> Sequence[Event]:
    facts: list[Event] = []
    for day, (name, request) in enumerate(TEMPLATE_REQUESTS.items()):
        at = MORNING + timedelta(days=day)
        said = Shape(request).read(TEMPLATES[name], at).fields
        command = request(by=ANNA, happened_at=at, now=at, **said)
        facts += decider.decide(command, decider.fold(facts))
    return facts
