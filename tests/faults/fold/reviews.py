"""What the next session made of homework."""

from typing import Any

from tests.faults.fold.fact import Fact
from tests.faults.fold.tables import Tables


def tell(tables: Tables, fact: Fact) -> None:
    if fact.category == "review":
        tables.set("reviews", fact.tenant, fact.uuid, version=fact.version, **_changed(fact))


def _changed(fact: Fact) -> dict[str, Any]:
    match fact.name:
        case "ReviewOpened":
            of = ("assignment_id", "session_id", "patient_id", "therapist_id")
            told = {name: fact.said[name] for name in of}
            return {**told, "status": "open", "opened_at": fact.occurred_at}
        case "ReviewCompleted":
            return {
                "status": "completed",
                "decision": fact.said["decision"],
                "note": fact.said.get("note"),
                "completed_at": fact.instant("completed_at"),
            }
    return {}
