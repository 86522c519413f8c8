"""What GET shows of a review: a second fold, for `State` keeps only what rules need.

What was said is shown as the facts say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Literal, assert_never

from libs.eventstore.recorded import Recorded
from libs.vocabulary.text import Prose
from services.review.domain import meaning, non_engagement, work
from services.review.domain.review import Decision, Event, ReviewCompleted, ReviewOpened
from services.review.domain.state import (
    AssignmentId,
    PatientId,
    ReviewId,
    SessionId,
    TherapistId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """What a session has made of an assignment so far."""

    id: ReviewId
    assignment_id: AssignmentId
    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    status: Literal["open", "completed"] = "open"
    work_done: tuple[work.Work, ...] = ()
    praises: tuple[work.PraiseGiven, ...] = ()
    skills: tuple[work.SkillAcquired, ...] = ()
    obstacles: tuple[meaning.ObstacleReported, ...] = ()
    experiences: tuple[meaning.ExperienceRecorded, ...] = ()
    beliefs: tuple[meaning.HomeworkBeliefExplored, ...] = ()
    non_engagements: tuple[non_engagement.NonEngagementRecorded, ...] = ()
    learnings: tuple[non_engagement.NonEngagementLearned, ...] = ()
    decision: Decision | None = None
    note: Prose | None = None
    completed_at: datetime | None = None


def of_review(history: Sequence[tuple[Recorded, Event]]) -> ReviewView:
    (_, first), *later = history
    assert isinstance(first, ReviewOpened)  # noqa: S101 - a stream begins with its first fact
    return reduce(_after, (fact for _, fact in later), _opened(first))


def _opened(fact: ReviewOpened) -> ReviewView:
    return ReviewView(
        id=fact.review_id,
        assignment_id=fact.assignment_id,
        session_id=fact.session_id,
        patient_id=fact.patient_id,
        therapist_id=fact.therapist_id,
    )


def _after(view: ReviewView, fact: Event) -> ReviewView:  # noqa: C901, PLR0911 - a line for each fact
    match fact:
        case ReviewOpened():
            return view
        case work.WorkDoneRecorded():
            return replace(view, work_done=(*view.work_done, *fact.work_done))
        case work.PraiseGiven():
            return replace(view, praises=(*view.praises, fact))
        case work.SkillAcquired():
            return replace(view, skills=(*view.skills, fact))
        case meaning.ObstacleReported():
            return replace(view, obstacles=(*view.obstacles, fact))
        case meaning.ExperienceRecorded():
            return replace(view, experiences=(*view.experiences, fact))
        case meaning.HomeworkBeliefExplored():
            return replace(view, beliefs=(*view.beliefs, fact))
        case non_engagement.NonEngagementRecorded():
            return replace(view, non_engagements=(*view.non_engagements, fact))
        case non_engagement.NonEngagementLearned():
            return replace(view, learnings=(*view.learnings, fact))
        case ReviewCompleted():
            return replace(
                view,
                status="completed",
                decision=fact.decision,
                note=fact.note,
                completed_at=fact.completed_at,
            )
        case _:
            assert_never(fact)
