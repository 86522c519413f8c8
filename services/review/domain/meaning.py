"""What the homework was like and what it is taken to mean (C21, C22).

Many take their homework for a sign of their own worth, of how therapy will end, or of what the
therapist's work is worth: such beliefs are asked about, with how strongly they are held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NewType
from uuid import UUID

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.experience import Experience
from libs.vocabulary.obstacle import Obstacle, ObstacleCategory, ObstacleId, ObstacleKind
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Prose
from services.review.domain.state import OccurrenceId, State, opened

BeliefId = NewType("BeliefId", UUID)
About = Literal["personal_value", "therapy_outcome", "therapist_work_value", "other"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleReported:
    """What got in the way and nobody had foreseen."""

    obstacle: Obstacle
    occurrence_id: OccurrenceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceRecorded:
    """What doing it was like: thoughts, feelings, sensations, behaviours."""

    phase: Literal["at_review"] = "at_review"
    experience: Experience
    occurrence_id: OccurrenceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkBeliefExplored:
    """What the patient takes homework to say of them or of therapy; convictions from 0 to 100."""

    belief_id: BeliefId
    about: About
    statement: Prose
    conviction_before: Rating | None = None
    conviction_after: Rating | None = None


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReviewObstacle(Told):
    """What nobody had foreseen; foreseen obstacles belong to the plan."""

    id: Annotated[ObstacleId, MINTED]
    category: ObstacleCategory
    kind: ObstacleKind | None = None
    text: Prose
    planned_response: Prose | None = None
    resolved: bool | None = None
    occurrence_id: OccurrenceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReviewExperience(Told):
    """What doing it was like, told in the session."""

    experience: Experience
    occurrence_id: OccurrenceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreHomeworkBelief(Told):
    """Either conviction may be missing: a belief can be explored without numbers."""

    id: Annotated[BeliefId, MINTED]
    about: About
    statement: Prose
    conviction_before: Rating | None = None
    conviction_after: Rating | None = None


class EmptyExperience(Rejected):
    """Tell at least one thought, feeling, sensation or behaviour."""

    code = "empty-experience"
    pointer = "/experience"


class ConvictionNotOutOf100(Rejected):
    """Convictions are rated from 0 to 100."""

    code = "conviction-not-out-of-100"


# --- Rules. ---


def report_obstacle(command: ReportReviewObstacle, state: State) -> Sequence[ObstacleReported]:
    if command.id in opened(state).told:
        return []
    obstacle = Obstacle(
        id=command.id,
        category=command.category,
        kind=command.kind,
        text=command.text,
        phase="unanticipated",
        planned_response=command.planned_response,
        resolved=command.resolved,
    )
    return [ObstacleReported(obstacle=obstacle, occurrence_id=command.occurrence_id)]


def record_experience(
    command: RecordReviewExperience, state: State
) -> Sequence[ExperienceRecorded]:
    opened(state)
    if command.experience == Experience():
        raise EmptyExperience
    for feeling in command.experience.feelings:
        must_lie_on_its_scale(feeling.intensity)
    return [ExperienceRecorded(experience=command.experience, occurrence_id=command.occurrence_id)]


def explore_belief(
    command: ExploreHomeworkBelief, state: State
) -> Sequence[HomeworkBeliefExplored]:
    if command.id in opened(state).told:
        return []
    for conviction in (command.conviction_before, command.conviction_after):
        must_lie_on_its_scale(conviction)
        if conviction is not None and (conviction.scale.min, conviction.scale.max) != (0, 100):
            raise ConvictionNotOutOf100
    return [
        HomeworkBeliefExplored(
            belief_id=command.id,
            about=command.about,
            statement=command.statement,
            conviction_before=command.conviction_before,
            conviction_after=command.conviction_after,
        )
    ]
