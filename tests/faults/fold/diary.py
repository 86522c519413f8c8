"""What patients wrote down between sessions, and what they keep to look back on."""

from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.plain import instant
from tests.faults.fold.tables import Tables

_ENTRY = (
    "patient_id",
    "worksheet",
    "definition_version",
    "assignment_id",
    "occurrence_id",
    "zone",
    "recording_mode",
    "source",
    "visibility",
    "location",
    "with_whom",
    "with_whom_other",
    "notes",
    "answers",
)


def tell(tables: Tables, fact: Fact) -> None:
    match fact.name:
        case "DiaryEntryRecorded":
            tables.set("entries", fact.tenant, fact.uuid, **_entry(fact))
        case "HomeworkFiled":
            tables.set("notebook", fact.tenant, fact.id, **_filed(fact))


def _entry(fact: Fact) -> dict[str, Any]:
    lived = fact.said["experienced_at"]
    end = lived.get("end")
    return {
        **{name: fact.said.get(name) for name in _ENTRY},
        "time_uncertain": fact.said.get("time_uncertain", False),
        "started_at": instant(lived["start"]),
        "ended_at": end and instant(end),
        "recorded_at": fact.recorded_at,
    }


def _filed(fact: Fact) -> dict[str, Any]:
    """Both know what was reviewed, so both may read it."""
    about = ("patient_id", "assignment_id", "review_id", "session_id")
    return {
        **{name: fact.said[name] for name in about},
        "kind": "completed_homework",
        "visibility": "shared",
        "kept_at": fact.instant("filed_at"),
        "recorded_at": fact.recorded_at,
    }
