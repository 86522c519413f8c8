"""Where each homework stands, and the goals that it serves."""

from collections.abc import Mapping
from typing import Any

from tests.faults.fold.course import changed_by_its_course, goal
from tests.faults.fold.fact import Fact
from tests.faults.fold.tables import Row, Tables

STEPS: Mapping[str, str] = {
    "AssignmentCreated": "draft",
    "AssignmentProposed": "proposed",
    "AssignmentDeclined": "declined",
    "AssignmentActivated": "active",
    "AssignmentPaused": "paused",
    "AssignmentResumed": "active",
    "HomeworkCompleted": "completed",
    "HomeworkPartiallyCompleted": "partially_completed",
    "HomeworkNotDone": "not_done",
    "AssignmentDiscontinued": "discontinued",
    "AssignmentEndedByDeath": "ended_by_death",
    "AssignmentEnteredInError": "entered_in_error",
}

_RATED = ("readiness", "confidence", "importance")
_CREATED = (
    "patient_id",
    "therapist_id",
    "title",
    "description",
    "category",
    "technique",
    "technique_other",
    "template_ref",
    "instructions",
    "worksheet",
    "target_cognition",
    "created_in_session_id",
    "continues_from",
)


def tell(tables: Tables, fact: Fact) -> None:
    if fact.category == "goal":
        tables.set("goals", fact.tenant, fact.uuid, **goal(fact))
    if fact.category == "assignment":
        tables.set(
            "assignments",
            fact.tenant,
            fact.uuid,
            version=fact.version,
            changed_at=fact.recorded_at,
            **_changed(fact),
        )
        step = fact.said["status"] if fact.name == "AssignmentReopened" else STEPS.get(fact.name)
        _stand(tables["assignments"][fact.tenant, fact.uuid], step)


def _stand(homework: Row, step: str | None) -> None:
    """Both have to agree, whoever does first; what is under way or over is past agreeing."""
    course = homework["course"] = step or homework.get("course")
    both = homework.get("agreed_by_patient") and homework.get("agreed_by_therapist")
    homework["status"] = "agreed" if both and course in {"draft", "proposed"} else course


def _changed(fact: Fact) -> dict[str, Any]:  # noqa: C901, PLR0911 - a line or two for each fact
    said = fact.said
    match fact.name:
        case "AssignmentCreated":
            return _created(fact)
        case "AssignmentAgreed":
            return _agreed(said)
        case "AssignmentActivated":
            return {"activated_at": fact.instant("activated_at")}
        case "DueDateSet":
            return {"due_rule": {"kind": "next_session", "offset_min": 0, **said["rule"]}} | _due(
                fact
            )
        case "DueDateMoved":
            return _due(fact)
        case "PlanSpecified" | "PlanRevised":
            return {"plan_version": said["plan_version"]}
        case "ReadinessRated":
            return _rated(fact)
        case "AdjustmentSuggested":
            return {"suggested_at": fact.instant("suggested_at")}
        case "AssignmentAdjusted":
            return {"adjusted_at": fact.instant("adjusted_at")}
        case "ComponentsGraded":
            return {"adjusted_at": fact.instant("graded_at")}
        case "FrequencyReduced":
            reduced = {"plan_version": said["plan_version"]}
            return {**reduced, "adjusted_at": fact.instant("reduced_at")}
    return changed_by_its_course(fact)


def _created(fact: Fact) -> dict[str, Any]:
    return {
        **{name: fact.said.get(name) for name in _CREATED},
        "modality_tags": fact.said.get("modality_tags", []),
        "procedure_tags": fact.said.get("procedure_tags", []),
        "created_at": fact.instant("created_at"),
    }


def _agreed(said: Mapping[str, Any]) -> dict[str, Any]:
    """A therapist may attest that the patient agreed in session."""
    parties = ("patient", "therapist") if said.get("attested") else (said["agreed_by"],)
    return {f"agreed_by_{party}": True for party in parties}


def _due(fact: Fact) -> dict[str, Any]:
    return {"due_session_id": fact.said.get("session_id"), "due_at": fact.instant("due_at")}


def _rated(fact: Fact) -> dict[str, Any]:
    """Each as a share of its own scale, for comparing with the clinic's threshold."""
    given = {name: fact.said.get(name) for name in _RATED}
    shares = {
        name: rating and rating["value"] / rating["scale"]["max"] for name, rating in given.items()
    }
    return {**shares, "rated_at": fact.instant("rated_at")}
