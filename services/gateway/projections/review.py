"""Reviews: what the next session made of homework, with everything said in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, Integer, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import parts, shapes
from services.gateway.projections import review_shapes as said
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.parts import Part
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Shape
from services.gateway.projections.tables import Instant, Json, parts_table, table

reviews = table(
    "reviews",
    ["review_id"],
    Column("assignment_id", Uuid),
    Column("session_id", Uuid),
    Column("patient_id", Uuid),
    Column("therapist_id", Uuid),
    Column("status", Text),
    Column("decision", Text),
    Column("note", Json),
    Column("opened_at", Instant),
    Column("completed_at", Instant),
    Column("version", Integer),
    Index("reviews_of_assignment", "tenant_id", "assignment_id"),
    Index("reviews_of_session", "tenant_id", "session_id"),
)

review_parts = parts_table("review_parts", "review_id")

tables = (reviews, review_parts)


class ReviewOpened(Shape):
    assignment_id: UUID
    session_id: UUID
    patient_id: UUID
    therapist_id: UUID


class ReviewCompleted(Shape):
    decision: str
    note: shapes.Text = None
    completed_at: datetime


_FACT = "interlude.review.{}.v1"

reads: Reads = {
    _FACT.format("ReviewOpened"): ReviewOpened,
    _FACT.format("ReviewCompleted"): ReviewCompleted,
}

PARTS: Mapping[str, Part] = {
    _FACT.format(name): part
    for name, part in {
        "WorkDoneRecorded": Part(kind="work_done", shape=said.WorkDoneRecorded, each="work_done"),
        "PraiseGiven": Part(kind="praise", shape=said.Praise),
        "SkillAcquired": Part(kind="skill", shape=said.Skill, id="id"),
        "ObstacleReported": Part(kind="obstacle", shape=said.ReviewedObstacle),
        "ExperienceRecorded": Part(kind="experience", shape=said.ReviewedExperience),
        "HomeworkBeliefExplored": Part(kind="belief", shape=said.Belief, id="id"),
        "NonEngagementRecorded": Part(kind="non_engagement", shape=said.NonEngagement),
        "NonEngagementLearned": Part(kind="learning", shape=said.Learning, id="id"),
    }.items()
}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows, pieces = Rows(reviews), Rows(review_parts)
    for recorded in events:
        if recorded.category == "review":
            rows.set(recorded.tenant_id, recorded.stream_uuid, version=recorded.version)
    for recorded, fact in facts_of(events, reads):
        rows.set(recorded.tenant_id, recorded.stream_uuid, **_changed(recorded, fact))
    parts.keep(pieces, events, PARTS)
    rows.write(db)
    pieces.write(db)


def _changed(recorded: Recorded, fact: Shape) -> dict[str, Any]:
    match fact:
        case ReviewOpened():
            opened = {"status": "open", "opened_at": recorded.occurred_at}
            return {**fact.model_dump(), **opened}
        case ReviewCompleted():
            return {**fact.model_dump(warnings=False), "status": "completed"}
    return {}
