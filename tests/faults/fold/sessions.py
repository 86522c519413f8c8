"""When patient and therapist meet, and what became of it."""

from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.tables import Tables


def tell(tables: Tables, fact: Fact) -> None:
    if fact.category == "session" and (changed := _changed(fact)):
        tables.set("sessions", fact.tenant, fact.uuid, **changed)


def _changed(fact: Fact) -> dict[str, Any]:  # noqa: PLR0911 - a line for each fact
    match fact.name:
        case "SessionScheduled":
            return {**with_whom(fact), **when(fact)}
        case "SessionRescheduled":
            return when(fact)
        case "SessionStarted":
            return {"started_at": fact.instant("started_at")}
        case "SessionEnded":
            return {"ended_at": fact.instant("ended_at")}
        case "SessionCancelled":
            return {"off": "cancelled"}
        case "SessionNoShowRecorded":
            return {"off": "no_show"}
        case "SessionReinstated":
            return {"off": None}
    return {}


def with_whom(fact: Fact) -> dict[str, Any]:
    return {name: fact.said[name] for name in ("patient_id", "therapist_id")}


def when(fact: Fact) -> dict[str, Any]:
    return {
        "starts_at": fact.instant("starts_at"),
        "zone": fact.said["zone"],
        "duration_min": fact.said["duration_min"],
    }
