"""An assignment as its screen needs it: where it stands, and everything said about it so far."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Connection,
    Float,
    Index,
    Integer,
    Text,
    Uuid,
)

from libs.eventstore.reading import reading
from libs.eventstore.recorded import Recorded
from services.gateway.projections import course, parts, shapes
from services.gateway.projections import homework_shapes as said
from services.gateway.projections import plan_shapes as plans
from services.gateway.projections import practice_shapes as practice
from services.gateway.projections.course_shapes import Reopening
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.parts import Part
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape, kept
from services.gateway.projections.tables import Instant, Json, parts_table, table

STATUS = """CASE
WHEN course IN ('draft', 'proposed') AND agreed_by_patient AND agreed_by_therapist THEN 'agreed'
ELSE course END"""
"""Agreement takes both, whoever speaks first, so it is put together where both columns are."""

assignments = table(
    "assignments",
    ["assignment_id"],
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("title", Json),
    Column("description", Json),
    Column("category", Text),
    Column("technique", Text),
    Column("technique_other", Json),
    Column("modality_tags", Json),
    Column("target_cognition", Json),
    Column("template_ref", Json),
    Column("instructions", Json),
    Column("procedure_tags", Json),
    Column("worksheet", Text),
    Column("created_in_session_id", Uuid),
    Column("continues_from", Uuid),
    Column("created_at", Instant),
    Column("activated_at", Instant),
    Column("closed_at", Instant),
    Column("course", Text),
    Column("self_directed", Boolean),
    Column("agreed_by_patient", Boolean),
    Column("agreed_by_therapist", Boolean),
    Column("status", Text, Computed(STATUS, persisted=True)),
    Column("plan_version", Integer),
    Column("due_rule", Json),
    Column("due_session_id", Uuid),
    Column("due_at", Instant),
    Column("readiness", Float),
    Column("confidence", Float),
    Column("importance", Float),
    Column("rated_at", Instant),
    Column("suggested_at", Instant),
    Column("adjusted_at", Instant),
    Column("version", Integer),
    Column("changed_at", Instant),
    Index("assignments_of", "tenant_id", "patient_id", "status"),
)
"""`course` is the last step told; the readiness columns are shares of their scale, for comparing
with the clinic's threshold only. `version` is the stream's, `changed_at` when it was recorded.
"""

assignment_parts = parts_table("assignment_parts", "assignment_id")

tables = (assignments, assignment_parts)


class AssignmentCreated(Shape):
    patient_id: UUID
    therapist_id: UUID
    title: shapes.Text = None
    description: shapes.Text = None
    category: str | None = None
    technique: str | None = None
    technique_other: shapes.Text = None
    target_cognition: said.TargetCognition | None = None
    modality_tags: tuple[str, ...] = ()
    template_ref: said.TemplateRef | None = None
    instructions: shapes.Text = None
    procedure_tags: tuple[str, ...] = ()
    worksheet: str | None = None
    created_in_session_id: UUID | None = None
    continues_from: UUID | None = None
    created_at: datetime


class AssignmentActivated(Shape):
    activated_at: datetime


class DueDateSet(Shape):
    rule: plans.DueRule
    session_id: UUID | None = None
    due_at: datetime | None = None


class DueDateMoved(Shape):
    session_id: UUID | None = None
    due_at: datetime | None = None


_FACT = "interlude.assignment.{}.v1"

COURSE: Mapping[str, str] = {
    _FACT.format(name): step
    for name, step in {
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
    }.items()
}
"""The step that each fact takes; others leave the course as it is. What is reopened says itself
where it stands again.
"""

_SAID: Mapping[str, Part] = {
    _FACT.format(name): part
    for name, part in {
        "OptionsOffered": Part(kind="option", shape=said.OptionsOffered, each="options", id="id"),
        "OptionChosen": Part(kind="choice", shape=said.Choice),
        "AssignmentProposed": Part(kind="proposal", shape=said.Proposal),
        "AssignmentAgreed": Part(kind="agreement", shape=said.Agreement),
        "RationaleGiven": Part(kind="rationale", shape=said.Rationale, id="id"),
        "ComponentAdded": Part(kind="component", shape=said.Component, id="id"),
        "FirstComponentChosen": Part(kind="first_component", shape=said.FirstComponent),
        "ComponentsGraded": Part(kind="grading", shape=said.Grading, id="id"),
        "PracticeOffered": Part(kind="practice_offer", shape=practice.PracticeOffer),
        "PracticeRequested": Part(kind="practice_request", shape=practice.PracticeRequest),
        "PracticeRecorded": Part(kind="practice", shape=practice.Practice, id="id"),
        "SituationConceptualised": Part(kind="situation", shape=practice.Situation, id="id"),
        "ExperienceRecorded": Part(kind="experience", shape=practice.LivedExperience, id="id"),
        "PredictionStated": Part(kind="prediction", shape=practice.Prediction, id="id"),
        "ObstacleAnticipated": Part(kind="obstacle", shape=said.Hindrance, id="id"),
        "ObstacleReported": Part(kind="obstacle", shape=said.Hindrance, id="id"),
        "ObstacleResponsePlanned": Part(kind="response", shape=said.Response, id="obstacle_id"),
        "PlanSpecified": Part(kind="plan", shape=plans.ToldPlan),
        "PlanRevised": Part(kind="plan", shape=plans.ToldPlan),
        "UnderstandingChecked": Part(kind="understanding", shape=said.Understanding, id="id"),
        "CommitmentStated": Part(kind="commitment", shape=said.Commitment, id="id"),
        "ReadinessRated": Part(kind="readiness_rating", shape=said.ReadinessRating, id="id"),
        "TaskRated": Part(kind="task_rating", shape=said.TaskRating, id="id"),
        "AdjustmentSuggested": Part(
            kind="suggestion", shape=said.Suggested, id="because_rating_id"
        ),
        "AssignmentAdjusted": Part(kind="adjustment", shape=said.Adjustment, id="id"),
        "SummaryIssued": Part(kind="summary", shape=said.IssuedSummary),
        "SummaryViewed": Part(kind="summary_view", shape=said.SummaryView),
        "FrequencyReduced": Part(kind="reduced_frequency", shape=plans.ReducedFrequency),
        "PlanZoneChanged": Part(kind="zone_change", shape=plans.ZoneChange),
        "ContactMet": Part(kind="contact_met", shape=said.ContactMet),
    }.items()
}
PARTS = {**_SAID, **course.PARTS}

reads: Reads = {
    _FACT.format("AssignmentCreated"): AssignmentCreated,
    _FACT.format("AssignmentAgreed"): said.Agreement,
    _FACT.format("AssignmentActivated"): AssignmentActivated,
    _FACT.format("DueDateSet"): DueDateSet,
    _FACT.format("DueDateMoved"): DueDateMoved,
    _FACT.format("PlanSpecified"): plans.ToldPlan,
    _FACT.format("PlanRevised"): plans.ToldPlan,
    _FACT.format("ReadinessRated"): said.ReadinessRating,
    _FACT.format("AdjustmentSuggested"): said.Suggested,
    _FACT.format("AssignmentAdjusted"): said.Adjustment,
    _FACT.format("ComponentsGraded"): said.Grading,
    _FACT.format("FrequencyReduced"): plans.ReducedFrequency,
    **course.reads,
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows, pieces = Rows(assignments), Rows(assignment_parts)
    _stand(rows, [recorded for recorded in events if recorded.category == "assignment"])
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **_changed(fact))
    parts.keep(pieces, events, PARTS)
    rows.write(db)
    pieces.write(db)


def _stand(rows: Rows, events: Sequence[Recorded]) -> None:
    """Each step takes the place of the one before, and the last fact says how far the stream is:
    most facts are neither.
    """
    for recorded in events:
        if (step := _step(recorded)) is not None:
            rows.set(recorded.tenant_id, recorded.stream_uuid, course=step)
    last = {(recorded.tenant_id.int, recorded.stream_id): recorded for recorded in events}
    for recorded in last.values():
        rows.set(
            recorded.tenant_id,
            recorded.stream_uuid,
            version=recorded.version,
            changed_at=recorded.recorded_at,
        )


def _step(recorded: Recorded) -> str | None:
    if recorded.known_as == course.REOPENED:
        return reading(recorded, Reopening).status
    return COURSE.get(recorded.known_as)


def _changed(fact: Shape) -> dict[str, Any]:  # noqa: C901, PLR0911 - a line or two for each fact
    match fact:
        case AssignmentCreated():
            return fact.model_dump(mode="json", warnings=False)
        case said.Agreement():
            return _agreed(fact)
        case AssignmentActivated():
            return {"activated_at": fact.activated_at}
        case DueDateSet():
            due = {"due_session_id": fact.session_id, "due_at": fact.due_at}
            return {"due_rule": kept(fact.rule), **due}
        case DueDateMoved():
            return {"due_session_id": fact.session_id, "due_at": fact.due_at}
        case plans.ToldPlan():
            return {"plan_version": fact.plan_version}
        case said.ReadinessRating():
            return _rated(fact)
        case said.Suggested():
            return {"suggested_at": fact.suggested_at}
        case said.Adjustment():
            return {"adjusted_at": fact.adjusted_at}
        case said.Grading():
            return {"adjusted_at": fact.graded_at}
        case plans.ReducedFrequency():
            return {"adjusted_at": fact.reduced_at, "plan_version": fact.plan_version}
        case _:
            return course.changed(fact)


def _agreed(fact: said.Agreement) -> dict[str, Any]:
    both = ("patient", "therapist") if fact.attested else (str(fact.agreed_by),)
    return {f"agreed_by_{party}": True for party in both}


def _rated(fact: said.ReadinessRating) -> dict[str, Any]:
    shares = {
        name: rating and rating.value / rating.scale.max
        for name in ("readiness", "confidence", "importance")
        for rating in (getattr(fact, name),)
    }
    return {**shares, "rated_at": fact.rated_at}
