"""The review of one assignment in one session: opened, spoken through, completed with a decision.

Read from top to bottom: the facts we keep, the state they add up to, the requests people make,
and the rules by which a request becomes facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never
from uuid import UUID, uuid5

from libs.eventstore.decider import Advice, Decider, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.rating import as_told
from libs.vocabulary.text import Prose
from services.review.domain import meaning, non_engagement, work
from services.review.domain.state import (
    AssignmentId,
    Completed,
    NotOpened,
    Opened,
    PatientId,
    ReviewId,
    SessionId,
    State,
    TherapistId,
    opened,
)

_REVIEWS = UUID("6f1a5b52-6c3d-5f0e-9a43-0d7a2f6f4b11")

Decision = Literal["continue", "adjust", "pause", "finish", "stop", "replace"]


def review_of(assignment_id: AssignmentId, session_id: SessionId) -> ReviewId:
    """One review per assignment and session, whoever opens it and however often."""
    return ReviewId(uuid5(_REVIEWS, f"{assignment_id}/{session_id}"))


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOpened:
    """The session looks at this assignment; once for each pair of them."""

    review_id: ReviewId
    assignment_id: AssignmentId
    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCompleted:
    """The review ended with what happens to the homework next."""

    review_id: ReviewId
    assignment_id: AssignmentId
    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    decision: Decision
    note: Prose | None = None
    completed_at: datetime


Event = (
    ReviewOpened
    | work.WorkDoneRecorded
    | work.PraiseGiven
    | work.SkillAcquired
    | meaning.ObstacleReported
    | meaning.ExperienceRecorded
    | meaning.HomeworkBeliefExplored
    | non_engagement.NonEngagementRecorded
    | non_engagement.NonEngagementLearned
    | ReviewCompleted
)


# --- State. ---


def evolve(state: State, event: Event) -> State:
    match event, state:
        case ReviewOpened(), NotOpened():
            return Opened(
                review_id=event.review_id,
                assignment_id=event.assignment_id,
                session_id=event.session_id,
                patient_id=event.patient_id,
                therapist_id=event.therapist_id,
            )
        case ReviewCompleted(), Opened():
            return Completed(review=state, decision=event.decision)
        case _, Opened():
            return _spoken_of(state, event)
        case _:
            return state


def _spoken_of(state: Opened, event: Event) -> Opened:  # noqa: PLR0911 - a line for each fact
    match event:
        case work.WorkDoneRecorded():
            done = any(work.quantity > 0 for work in event.work_done)
            return replace(state, work_done=state.work_done or done, effort_told=True)
        case work.PraiseGiven():
            return replace(state, praised=True)
        case work.SkillAcquired():
            return _knowing(state, event.skill_id)
        case meaning.ObstacleReported():
            return _knowing(state, event.obstacle.id)
        case meaning.HomeworkBeliefExplored():
            return _knowing(state, event.belief_id)
        case non_engagement.NonEngagementRecorded():
            tried = event.engagement != "not_attempted"
            return replace(state, effort_told=state.effort_told or tried)
        case non_engagement.NonEngagementLearned():
            return _knowing(replace(state, learned=True), event.learning_id)
        case ReviewOpened() | ReviewCompleted() | meaning.ExperienceRecorded():
            return state
        case _:
            assert_never(event)


def _knowing(state: Opened, thing: UUID) -> Opened:
    return replace(state, told=state.told | {thing})


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReview(Told):
    """One session looks back on one assignment; there is one review of the two."""

    assignment_id: AssignmentId
    session_id: SessionId
    patient_id: Annotated[PatientId, LOOKED_UP]
    therapist_id: Annotated[TherapistId, LOOKED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteReview(Told):
    """The decision is about the homework: go on with it, change it, or let it rest."""

    decision: Decision
    note: Prose | None = None


Command = (
    OpenReview
    | work.RecordWorkDone
    | work.GivePraise
    | work.RecordSkill
    | meaning.ReportReviewObstacle
    | meaning.RecordReviewExperience
    | meaning.ExploreHomeworkBelief
    | non_engagement.RecordNonEngagement
    | non_engagement.RecordNonEngagementLearning
    | CompleteReview
)


class NothingReviewed(Rejected):
    """Say what was done, or what was learned when nothing was, before completing."""

    code = "nothing-reviewed"


WORK_NOT_PRAISED = Advice("work-not-praised", "Something was done, and no praise is recorded.")

# --- Rules. ---


def open_review(command: OpenReview, state: State) -> Sequence[Event]:
    if not isinstance(state, NotOpened):
        return []
    return [
        ReviewOpened(
            review_id=review_of(command.assignment_id, command.session_id),
            assignment_id=command.assignment_id,
            session_id=command.session_id,
            patient_id=command.patient_id,
            therapist_id=command.therapist_id,
        )
    ]


def complete(command: CompleteReview, state: State) -> Sequence[Event]:
    if isinstance(state, Completed) and state.decision == command.decision:
        return []
    review = opened(state)
    if not review.work_done and not review.learned:
        raise NothingReviewed
    return [
        ReviewCompleted(
            review_id=review.review_id,
            assignment_id=review.assignment_id,
            session_id=review.session_id,
            patient_id=review.patient_id,
            therapist_id=review.therapist_id,
            decision=command.decision,
            note=command.note,
            completed_at=command.happened_at,
        )
    ]


def decide(command: Command, state: State) -> Sequence[Event]:
    return [as_told(fact, command, phase="at_review") for fact in _decided(command, state)]


def _decided(command: Command, state: State) -> Sequence[Event]:  # noqa: C901, PLR0911 - a line for each request
    match command:
        case OpenReview():
            return open_review(command, state)
        case work.RecordWorkDone():
            return work.record_work(command, state)
        case work.GivePraise():
            return work.give_praise(command, state)
        case work.RecordSkill():
            return work.record_skill(command, state)
        case meaning.ReportReviewObstacle():
            return meaning.report_obstacle(command, state)
        case meaning.RecordReviewExperience():
            return meaning.record_experience(command, state)
        case meaning.ExploreHomeworkBelief():
            return meaning.explore_belief(command, state)
        case non_engagement.RecordNonEngagement():
            return non_engagement.record_non_engagement(command, state)
        case non_engagement.RecordNonEngagementLearning():
            return non_engagement.record_learning(command, state)
        case CompleteReview():
            return complete(command, state)
        case _:
            assert_never(command)


def advise(command: Command, state: State) -> Sequence[Notice]:
    match command, state:
        case work.GivePraise(), Opened():
            return work.praise_without_work(state)
        case non_engagement.RecordNonEngagement(), Opened():
            return non_engagement.not_attempted_but_done(command, state)
        case CompleteReview(), Completed(review=Opened(work_done=True, praised=False)):
            return [WORK_NOT_PRAISED.at()]
        case _:
            return []


decider: Decider[Command, State, Event] = Decider(NotOpened(), evolve, decide, advise)
