"""What the rules of a review need to know of it."""

from dataclasses import dataclass
from typing import NewType
from uuid import UUID

from libs.eventstore.decider import Rejected

ReviewId = NewType("ReviewId", UUID)
AssignmentId = NewType("AssignmentId", UUID)
SessionId = NewType("SessionId", UUID)
PatientId = NewType("PatientId", UUID)
TherapistId = NewType("TherapistId", UUID)
OccurrenceId = NewType("OccurrenceId", UUID)


@dataclass(frozen=True, slots=True)
class NotOpened:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """`work_done`: something was done. `effort_told`: a try counts, done or not. `told` are the ids
    of what was said, so that saying it again changes nothing.
    """

    review_id: ReviewId
    assignment_id: AssignmentId
    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    work_done: bool = False
    effort_told: bool = False
    praised: bool = False
    learned: bool = False
    told: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    review: Opened
    decision: str


State = NotOpened | Opened | Completed


class ReviewNotOpened(Rejected):
    """This review was never opened."""

    code = "review-not-opened"


class ReviewCompletedAlready(Rejected):
    """This review is completed: what it says stands."""

    code = "review-completed"


def opened(state: State) -> Opened:
    match state:
        case NotOpened():
            raise ReviewNotOpened
        case Completed():
            raise ReviewCompletedAlready
        case Opened():
            return state
