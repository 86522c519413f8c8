"""What the course of homework changes in its row: when it ended, whether it goes on alone, and what
it is about in the words that hold now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.gateway.projections import course_shapes as told
from services.gateway.projections import homework_shapes as said
from services.gateway.projections import shapes
from services.gateway.projections.facts import Reads
from services.gateway.projections.parts import Part
from services.gateway.projections.shapes import Shape, kept

_FACT = "interlude.assignment.{}.v1"

REOPENED = _FACT.format("AssignmentReopened")


class HomeworkCompleted(Shape):
    """Wholly or in part."""

    completed_at: datetime


class AssignmentRevised(Shape):
    title: shapes.Text = None
    description: shapes.Text = None


class TargetCognitionSet(Shape):
    target_cognition: said.TargetCognition


class ProcedureTagged(Shape):
    procedure_tags: tuple[str, ...]


PARTS: Mapping[str, Part] = {
    _FACT.format(name): part
    for name, part in {
        "AssignmentDeclined": Part(kind="decline", shape=told.Decline),
        "AssignmentPaused": Part(kind="pause", shape=told.Pause),
        "AssignmentResumed": Part(kind="resumption", shape=told.Resumption),
        "HomeworkCompleted": Part(kind="completion", shape=said.Completion, id="id"),
        "HomeworkPartiallyCompleted": Part(kind="completion", shape=said.Completion, id="id"),
        "HomeworkNotDone": Part(kind="not_done", shape=told.NotDone, id="id"),
        "AssignmentDiscontinued": Part(kind="discontinuation", shape=told.Discontinuation),
        "AssignmentReopened": Part(kind="reopening", shape=told.Reopening),
        "AssignmentEnteredInError": Part(kind="error", shape=told.EnteredInError),
        "AssignmentEndedByDeath": Part(kind="death", shape=told.EndedByDeath),
        "AssignmentContinuedAlone": Part(kind="continued_alone", shape=told.ContinuedAlone),
        "FitExplored": Part(kind="fit", shape=told.Fit, id="id"),
    }.items()
}

reads: Reads = {
    _FACT.format("AssignmentDeclined"): told.Decline,
    _FACT.format("HomeworkCompleted"): HomeworkCompleted,
    _FACT.format("HomeworkPartiallyCompleted"): HomeworkCompleted,
    _FACT.format("HomeworkNotDone"): told.NotDone,
    _FACT.format("AssignmentDiscontinued"): told.Discontinuation,
    _FACT.format("AssignmentEndedByDeath"): told.EndedByDeath,
    _FACT.format("AssignmentEnteredInError"): told.EnteredInError,
    REOPENED: told.Reopening,
    _FACT.format("AssignmentContinuedAlone"): told.ContinuedAlone,
    _FACT.format("AssignmentRevised"): AssignmentRevised,
    _FACT.format("TargetCognitionSet"): TargetCognitionSet,
    _FACT.format("ProcedureTagged"): ProcedureTagged,
}


def changed(fact: Shape) -> dict[str, Any]:  # noqa: PLR0911 - a line or two for each fact
    match fact:
        case told.Decline():
            return {"agreed_by_patient": None, "agreed_by_therapist": None}
        case told.Reopening():
            return {"closed_at": None}
        case told.ContinuedAlone():
            return {"self_directed": True}
        case AssignmentRevised():
            return {"title": fact.title, "description": fact.description}
        case TargetCognitionSet():
            return {"target_cognition": kept(fact.target_cognition)}
        case ProcedureTagged():
            return {"procedure_tags": fact.procedure_tags}
        case _:
            return {"closed_at": _ended_at(fact)}


def _ended_at(fact: Shape) -> datetime | None:
    match fact:
        case HomeworkCompleted():
            return fact.completed_at
        case told.NotDone():
            return fact.told_at
        case told.Discontinuation():
            return fact.discontinued_at
        case told.EndedByDeath():
            return fact.ended_at
        case told.EnteredInError():
            return fact.entered_in_error_at
    return None
