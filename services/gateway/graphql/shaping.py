"""From rows to what clients see: names, nesting, and the formulas that are not SQL's."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.access.principal import Principal
from services.gateway.graphql import course, screens, types
from services.gateway.graphql.adherence import adherence
from services.gateway.queries.reading import Json

_PARTS = {
    "options": "option",
    "choices": "choice",
    "proposals": "proposal",
    "agreements": "agreement",
    "rationales": "rationale",
    "components": "component",
    "gradings": "grading",
    "practice_offers": "practice_offer",
    "practice_requests": "practice_request",
    "practices": "practice",
    "situations": "situation",
    "experiences": "experience",
    "predictions": "prediction",
    "understandings": "understanding",
    "readiness_ratings": "readiness_rating",
    "task_ratings": "task_rating",
    "commitments": "commitment",
    "suggestions": "suggestion",
    "adjustments": "adjustment",
    "reduced_frequencies": "reduced_frequency",
    "summaries": "summary",
    "contacts_met": "contact_met",
    "zone_changes": "zone_change",
    "completions": "completion",
    **course.PARTS,
}

_REVIEW_PARTS = {
    "work_done": "work_done",
    "praise": "praise",
    "skills": "skill",
    "beliefs": "belief",
    "obstacles": "obstacle",
    "experiences": "experience",
    "non_engagement": "non_engagement",
    "learnings": "learning",
}


def assignment(row: Json) -> types.Assignment:
    parts = row.get("parts") or {}
    named = {name: parts.get(kind, ()) for name, kind in _PARTS.items()}
    responses = {each["obstacle_id"]: each for each in parts.get("response", ())}
    return types.Assignment.model_validate(
        {
            **row,
            **named,
            "modality_tags": row.get("modality_tags") or (),
            "procedure_tags": row.get("procedure_tags") or (),
            "plan": _plan(parts),
            "summary": _summary(parts),
            "plans": [_scored(each) for each in parts.get("plan", ())],
            "first_component": _last(parts.get("first_component")),
            "entered_in_error": _last(parts.get("error")),
            "obstacles": [
                {"obstacle": each, "response": responses.get(each["id"])}
                for each in parts.get("obstacle", ())
            ],
            "reviews": [review(each) for each in row["reviews"]],
        }
    )


def me(principal: Principal, row: Json, may: Sequence[str]) -> screens.Me:
    person, clinic = row.get("person") or {}, row.get("clinic") or {}
    return screens.Me.model_validate(
        {
            "person_id": principal.person_id,
            "tenant_id": principal.tenant_id,
            "roles": sorted(principal.roles_here),
            "name": person.get("name"),
            "zone": person.get("zone") or clinic.get("zone"),
            "locale": person.get("locale") or clinic.get("locale"),
            "clinic": clinic or None,
            "expires_at": datetime.fromtimestamp(principal.expires_at, UTC),
            "may": may,
        }
    )


def _last(items: Any) -> Any:
    return items[-1] if items else None


def _plan(parts: Json) -> Json | None:
    """The last version as told; a reduced frequency is a version that differs in that alone."""
    plan: Json | None = _last(parts.get("plan"))
    reduced: Json | None = _last(parts.get("reduced_frequency"))
    if plan is None:
        return None
    if reduced is None or reduced["plan_version"] < plan["plan_version"]:
        return _scored(plan)
    version = reduced["plan_version"]
    return _scored({**plan, "frequency": reduced["after"], "plan_version": version})


def _summary(parts: Json) -> Json | None:
    """The last one; each plan version wants one of its own."""
    summary: Json | None = _last(parts.get("summary"))
    if summary is None:
        return None
    plan, version = _plan(parts), summary["summary_version"]
    viewed = [
        each["viewed_at"]
        for each in parts.get("summary_view", ())
        if each["summary_version"] == version
    ]
    outdated = plan is not None and plan["plan_version"] > summary["plan_version"]
    return {**summary, "outdated": outdated, "viewed_at": _last(viewed)}


_SLOTS = ("site", "timing", "frequency", "duration_min", "obstacles")


def _scored(plan: Json) -> Json:
    """An empty list of obstacles is an answer too: asked, none foreseen."""
    filled = sum(plan.get(slot) is not None for slot in _SLOTS)
    return {**plan, "specificity_score": filled / len(_SLOTS)}


def review(row: Json) -> types.Review:
    parts = row.get("parts") or {}
    named = {name: parts.get(kind, ()) for name, kind in _REVIEW_PARTS.items()}
    return types.Review.model_validate({**row, **named})


def notebook_item(row: Json) -> types.NotebookItem:
    found = row.get("review")
    return types.NotebookItem.model_validate({**row, "review": found and review(found)})


PlaceOf = Callable[[UUID, int], str]
"""The cursor of a number in a patient's feed."""


def patient(row: Json, place_of: PlaceOf) -> types.Patient:
    return types.Patient.model_validate(
        {**row, "live_cursor": place_of(UUID(row["id"]), row["feed_number"])}
    )


def caseload_row(row: Json, place_of: PlaceOf) -> screens.CaseloadRow:
    return screens.CaseloadRow.model_validate(
        {
            **row,
            "patient": patient(row["patient"], place_of),
            "needs_attention": bool(row["attention"]),
        }
    )


def today(row: Json) -> screens.Today:
    return screens.Today.model_validate(
        {**row, "assignments": [assignment(each) for each in row["assignments"]]}
    )


def agenda(row: Json) -> screens.SessionAgenda:
    listed = ("open_assignments", "completed_assignments")
    return screens.SessionAgenda.model_validate(
        {
            **row,
            **{name: [assignment(each) for each in row[name]] for name in listed},
            "reviews": [review(each) for each in row["reviews"]],
        }
    )


def timeline_item(row: Json) -> screens.TimelineItem:
    return screens.TimelineItem.model_validate(
        {
            **row,
            "refs": [{"name": name, "id": id_} for name, id_ in (row["refs"] or {}).items()],
            "codes": [
                {
                    "name": name,
                    "value": str(value).lower() if value in {True, False} else f"{value}",
                }
                for name, value in (row["codes"] or {}).items()
            ],
        }
    )


def progress(row: Json) -> screens.Progress:
    done = sum(each["status"] == "completed" for each in row["assignments"])
    return screens.Progress.model_validate(
        {
            "patient_id": row["id"],
            "assignments": [adherence(each) for each in row["assignments"]],
            "ratings": row["ratings"],
            "completions": done,
        }
    )
