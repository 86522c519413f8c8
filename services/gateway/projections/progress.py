"""Numbers over time, always with their scales: what was rated, when, and of which homework."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Column, Connection, Index, Text, Uuid

from libs.eventstore.recorded import Recorded
from services.gateway.projections import course_shapes as course
from services.gateway.projections import homework_shapes as homework
from services.gateway.projections import practice_shapes as practice
from services.gateway.projections import review_shapes as review
from services.gateway.projections.facts import Reads, facts_of
from services.gateway.projections.rows import Rows
from services.gateway.projections.shapes import Rating, Shape, kept
from services.gateway.projections.tables import Instant, Json, table

ratings = table(
    "ratings",
    ["event_id"],
    Column("measure", Text, primary_key=True),
    Column("patient_id", Uuid),
    Column("stream_id", Uuid),
    Column("rating", Json),
    Column("rated_at", Instant),
    Column("recorded_at", Instant),
    Index("ratings_of", "tenant_id", "patient_id", "rated_at"),
)
"""`measure`: readiness, confidence, utility, …; `stream_id` is the assignment or review."""

tables = (ratings,)

MEASURES: Mapping[str, tuple[type[Shape], tuple[str, ...]]] = {
    "interlude.assignment.ReadinessRated.v1": (
        homework.ReadinessRating,
        ("readiness", "confidence", "importance"),
    ),
    "interlude.assignment.TaskRated.v1": (homework.TaskRating, ("utility", "difficulty")),
    "interlude.assignment.PredictionStated.v1": (practice.Prediction, ("likelihood",)),
    "interlude.assignment.FitExplored.v1": (course.Fit, ("fit",)),
    "interlude.review.HomeworkBeliefExplored.v1": (
        review.Belief,
        ("conviction_before", "conviction_after"),
    ),
}

reads: Reads = {name: shape for name, (shape, _) in MEASURES.items()}


def project(db: Connection, events: Sequence[Recorded]) -> None:
    rows = Rows(ratings)
    for recorded, fact in facts_of(events, reads):
        for measure, rating in _rated(recorded, fact):
            rows.set(
                recorded.tenant_id,
                recorded.event_id,
                measure,
                patient_id=recorded.subject_id,
                stream_id=recorded.stream_uuid,
                rating=kept(rating),
                rated_at=rating.rated_at or recorded.occurred_at,
                recorded_at=recorded.recorded_at,
            )
    rows.write(db)


def _rated(recorded: Recorded, fact: Shape) -> Iterator[tuple[str, Rating]]:
    for measure in MEASURES[recorded.known_as][1]:
        rating: Rating | None = getattr(fact, measure)
        if rating is not None:
            yield measure, rating
