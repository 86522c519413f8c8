"""Every fact about a patient, with where in it to look: what it speaks of, and its best words."""

from collections.abc import Mapping
from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.tables import Tables

_WORDS = (
    "title",
    "statement",
    "label",
    "text",
    "patient_words",
    "prediction",
    "situation",
    "what",
    "note",
    "notes",
    "reason",
)
"""Where somebody's own words are, best first."""

_CODES = (
    "worksheet",
    "decision",
    "category",
    "technique",
    "mode",
    "outcome",
    "fits",
    "reason",
    "because",
    "engagement",
    "phase",
    "completed_by",
    "cancelled_by",
    "quantity",
    "plan_version",
    "willing",
    "text_version",
    "status",
    "lifecycle",
    "achievement",
    "procedure",
    "summary_version",
)


def is_about_a_patient(subject: str | None, category: str) -> bool:
    """What is said of erasing somebody is no part of their treatment."""
    elsewhere = {
        "clinic",
        "template",
        "therapist",
        "erasure",
        "confirmation",
        "privacy",
        "groupwork",
    }
    return subject is not None and category not in elsewhere


def tell(tables: Tables, fact: Fact) -> None:
    if is_about_a_patient(fact.subject, fact.category):
        tables.set("timeline", fact.tenant, fact.id, **_line(fact))


def _line(fact: Fact) -> dict[str, Any]:
    said = fact.said
    return {
        "patient_id": fact.subject,
        "recorded_at": fact.recorded_at,
        "occurred_at": fact.occurred_at,
        "zone": fact.zone,
        "type": fact.name,
        "service": fact.service,
        "category": fact.category,
        "stream_id": fact.uuid,
        "version": fact.version,
        "actor_id": fact.actor_id,
        "actor_role": fact.actor_role,
        "on_behalf_of": fact.on_behalf_of,
        "visibility": said.get("visibility"),
        "refs": {
            name: value
            for name, value in said.items()
            if name.endswith("_id") and name != "patient_id" and isinstance(value, str)
        },
        "codes": {name: said[name] for name in _CODES if isinstance(said.get(name), str | int)},
        "excerpt": _excerpt(said) or _excerpt(said.get("obstacle")),
    }


def _excerpt(said: Mapping[str, Any] | None) -> Any:
    """The first sealed words."""
    found = (said.get(name) for name in _WORDS) if isinstance(said, dict) else ()
    return next((words for words in found if isinstance(words, dict)), None)
