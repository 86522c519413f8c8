"""What was said about a homework or in a review, piece by piece, and the numbers in it.

A piece is all that its fact says, without what stands beside it already: who told it and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from tests.faults.fold.fact import Fact, Json
from tests.faults.fold.plain import instant
from tests.faults.fold.tables import Tables


@dataclass(frozen=True, slots=True)
class Piece:
    """`id` is the field that names the piece, and in the piece is called just that. `by` tells
    pieces of a kind apart, where the id does not: told again, the later stands. `each` names a list
    of pieces; `beside` are fields that nobody asks for again.
    """

    kind: str
    id: str | None = None
    by: str | None = None
    each: str | None = None
    beside: tuple[str, ...] = ()


_OF_HOMEWORK: Mapping[str, Piece] = {
    "OptionsOffered": Piece("option", "id", each="options"),
    "OptionChosen": Piece("choice"),
    "AssignmentProposed": Piece("proposal"),
    "AssignmentAgreed": Piece("agreement"),
    "RationaleGiven": Piece("rationale", "rationale_id"),
    "ComponentAdded": Piece("component", "component_id"),
    "FirstComponentChosen": Piece("first_component"),
    "ComponentsGraded": Piece("grading", "grading_id"),
    "PracticeOffered": Piece("practice_offer", beside=("offer_id",)),
    "PracticeRequested": Piece("practice_request", beside=("request_id",)),
    "PracticeRecorded": Piece("practice", "practice_id"),
    "SituationConceptualised": Piece("situation", "situation_id"),
    "ExperienceRecorded": Piece("experience", "experience_id"),
    "PredictionStated": Piece("prediction", "prediction_id"),
    "ObstacleAnticipated": Piece(
        "obstacle", "obstacle_id", beside=("session_id", "anticipated_by", "anticipated_at")
    ),
    "ObstacleReported": Piece(
        "obstacle", "obstacle_id", beside=("session_id", "reported_by", "reported_at")
    ),
    "ObstacleResponsePlanned": Piece(
        "response", "response_id", by="obstacle_id", beside=("supersedes", "planned_by")
    ),
    "PlanSpecified": Piece("plan", beside=("specified_by", "specified_at")),
    "PlanRevised": Piece("plan", beside=("revised_by", "revised_at")),
    "UnderstandingChecked": Piece("understanding", "understanding_id"),
    "CommitmentStated": Piece("commitment", "commitment_id"),
    "ReadinessRated": Piece("readiness_rating", "rating_id"),
    "TaskRated": Piece("task_rating", "task_rating_id"),
    "AdjustmentSuggested": Piece("suggestion", by="because_rating_id"),
    "AssignmentAdjusted": Piece("adjustment", "adjustment_id"),
    "HomeworkCompleted": Piece("completion", "completion_id"),
    "HomeworkPartiallyCompleted": Piece("completion", "completion_id"),
    "HomeworkNotDone": Piece("not_done", "not_done_id"),
    "AssignmentDeclined": Piece("decline"),
    "AssignmentPaused": Piece("pause"),
    "AssignmentResumed": Piece("resumption"),
    "AssignmentDiscontinued": Piece("discontinuation"),
    "AssignmentReopened": Piece("reopening"),
    "AssignmentEnteredInError": Piece("error"),
    "AssignmentEndedByDeath": Piece("death"),
    "AssignmentContinuedAlone": Piece("continued_alone"),
    "FitExplored": Piece("fit", "fit_id"),
    "SummaryIssued": Piece("summary"),
    "SummaryViewed": Piece("summary_view"),
    "FrequencyReduced": Piece("reduced_frequency"),
    "PlanZoneChanged": Piece("zone_change"),
    "ContactMet": Piece("contact_met"),
}

_OF_REVIEWS: Mapping[str, Piece] = {
    "WorkDoneRecorded": Piece("work_done", each="work_done"),
    "PraiseGiven": Piece("praise"),
    "SkillAcquired": Piece("skill", "skill_id"),
    "ObstacleReported": Piece("obstacle"),
    "ExperienceRecorded": Piece("experience", beside=("phase",)),
    "HomeworkBeliefExplored": Piece("belief", "belief_id"),
    "NonEngagementRecorded": Piece("non_engagement"),
    "NonEngagementLearned": Piece("learning", "learning_id"),
}

_PIECES = {
    "assignment": ("assignment_parts", _OF_HOMEWORK),
    "review": ("review_parts", _OF_REVIEWS),
}

_MEASURES: Mapping[str, tuple[str, ...]] = {
    "ReadinessRated": ("readiness", "confidence", "importance"),
    "TaskRated": ("utility", "difficulty"),
    "PredictionStated": ("likelihood",),
    "FitExplored": ("fit",),
    "HomeworkBeliefExplored": ("conviction_before", "conviction_after"),
}


def tell(tables: Tables, fact: Fact) -> None:
    table, pieces = _PIECES.get(fact.category, ("", {}))
    if (piece := pieces.get(fact.name)) is not None:
        _keep(tables, table, fact, piece)
    for measure in _MEASURES.get(fact.name, ()):
        if (rating := fact.said.get(measure)) is not None:
            tables.set("ratings", fact.tenant, fact.id, measure, **_rated(fact, rating))


def _keep(tables: Tables, table: str, fact: Fact, piece: Piece) -> None:
    for place, said in enumerate(fact.said[piece.each] if piece.each else [fact.said]):
        tables.set(
            table,
            fact.tenant,
            fact.uuid,
            piece.kind,
            _part_id(fact, piece, said, place),
            version=fact.version,
            place=place,
            told_at=fact.occurred_at,
            by_role="patient" if fact.on_behalf_of else fact.actor_role,
            data=_told(piece, said),
        )


def _part_id(fact: Fact, piece: Piece, said: Json, place: int) -> str:
    """Without a name of its own a piece has its fact's; there is one such piece in a fact, or each
    further one must be somewhere too.
    """
    by = piece.by or piece.id
    if by is not None:
        return str(said[by])
    return fact.id if place == 0 else str(uuid5(UUID(fact.id), str(place)))


def _told(piece: Piece, said: Json) -> dict[str, Any]:
    return {
        "id" if name == piece.id else name: value
        for name, value in said.items()
        if name not in piece.beside
    }


def _rated(fact: Fact, rating: Json) -> dict[str, Any]:
    rated_at = rating.get("rated_at")
    return {
        "patient_id": fact.subject,
        "stream_id": fact.uuid,
        "rating": {"rater_role": "patient", **rating},
        "rated_at": instant(rated_at) if rated_at else fact.occurred_at,
        "recorded_at": fact.recorded_at,
    }
