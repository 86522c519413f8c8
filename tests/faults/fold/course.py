"""How homework went on and ended, what it is about by now, and how far goals have come."""

from collections.abc import Mapping
from typing import Any

from tests.faults.fold.fact import Fact

ENDS: Mapping[str, str] = {
    "HomeworkCompleted": "completed_at",
    "HomeworkPartiallyCompleted": "completed_at",
    "HomeworkNotDone": "told_at",
    "AssignmentDiscontinued": "discontinued_at",
    "AssignmentEndedByDeath": "ended_at",
    "AssignmentEnteredInError": "entered_in_error_at",
}
"""By the fact: which of its fields says when it ended."""


def changed_by_its_course(fact: Fact) -> dict[str, Any]:  # noqa: PLR0911 - a line or two for each fact
    if fact.name in ENDS:
        return {"closed_at": fact.instant(ENDS[fact.name])}
    match fact.name:
        case "AssignmentDeclined":
            return {"agreed_by_patient": None, "agreed_by_therapist": None}
        case "AssignmentReopened":
            return {"closed_at": None}
        case "AssignmentContinuedAlone":
            return {"self_directed": True}
        case "AssignmentRevised":
            return {name: fact.said.get(name) for name in ("title", "description")}
        case "TargetCognitionSet":
            return {"target_cognition": fact.said["target_cognition"]}
        case "ProcedureTagged":
            return {"procedure_tags": fact.said["procedure_tags"]}
    return {}


def goal(fact: Fact) -> dict[str, Any]:
    match fact.name:
        case "GoalSet":
            told = {name: fact.said.get(name) for name in ("patient_id", "therapist_id", "set_by")}
            begun = {"lifecycle": "active", "achievement": "in_progress"}
            return {**told, **_words(fact), **begun, "set_at": fact.instant("set_at")}
        case "GoalRevised":
            return _words(fact)
        case "GoalProgressRecorded":
            return {"achievement": fact.said["achievement"], "progress": _progress(fact)}
        case "GoalClosed":
            reached = fact.said.get("achievement")
            judged = {"achievement": reached} if reached else {}
            return {"lifecycle": fact.said["lifecycle"], "closing": fact.said, **judged}
    return {}


def _words(fact: Fact) -> dict[str, Any]:
    return {name: fact.said.get(name) for name in ("statement", "target")}


def _progress(fact: Fact) -> dict[str, Any]:
    return {"id" if name == "progress_id" else name: each for name, each in fact.said.items()}
