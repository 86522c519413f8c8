"""The windows in which homework is asked for, and what became of each."""

from typing import Any

from tests.faults.fold.fact import Fact, Json
from tests.faults.fold.plain import instant
from tests.faults.fold.tables import Tables

_WHOLE = 100


def tell(tables: Tables, fact: Fact) -> None:
    match fact.name:
        case "OccurrencesScheduled":
            for each in fact.said["occurrences"]:
                tables.set("occurrences", fact.tenant, each["id"], **_asked_for(fact, each))
        case "OccurrencesWithdrawn":
            settled = fact.instant("withdrawn_at")
            for gone in fact.said["occurrence_ids"]:
                withdrawn = {"told": "not_applicable", "settled_at": settled}
                tables.set("occurrences", fact.tenant, gone, **_whose(fact), **withdrawn)
        case _ if (columns := _became(fact)) is not None:
            named = fact.said["occurrence_id"]
            tables.set("occurrences", fact.tenant, named, **_whose(fact), **columns)


def _became(fact: Fact) -> dict[str, Any] | None:
    match fact.name:
        case "OccurrenceStarted":
            return {"started_at": fact.instant("started_at")}
        case "OccurrenceExpired":
            return {"told": "expired"}
        case "OccurrenceCompleted" | "OccurrencePartiallyCompleted":
            return _done(fact)
        case "OccurrenceAbandoned":
            return _left(fact, "abandoned", "abandoned_at")
        case "OccurrenceDeclined":
            return _left(fact, "declined", "declined_at")
        case _:
            return None


def _whose(fact: Fact) -> dict[str, Any]:
    return {"assignment_id": fact.uuid, "patient_id": fact.subject}


def _asked_for(fact: Fact, window: Json) -> dict[str, Any]:
    due_at = window.get("due_at")
    return {
        **_whose(fact),
        "plan_version": fact.said["plan_version"],
        "local_date": window["local_date"],
        "slot": window["slot"],
        "opens_at": instant(window["opens_at"]),
        "due_at": due_at and instant(due_at),
        "zone": window["zone"],
        "told": "scheduled",
        "settled_at": None,
    }


def _done(fact: Fact) -> dict[str, Any]:
    quantity = fact.said.get("quantity", _WHOLE)
    return {
        "told": "completed" if quantity >= _WHOLE else "partial",
        "quantity": quantity,
        "experienced_at": fact.said.get("experienced_at"),
        "note": fact.said.get("note"),
        "settled_at": fact.instant("completed_at"),
    }


def _left(fact: Fact, told: str, when: str) -> dict[str, Any]:
    return {
        "told": told,
        "quantity": None,
        "experienced_at": None,
        "note": fact.said.get("note"),
        "settled_at": fact.instant(when),
    }
