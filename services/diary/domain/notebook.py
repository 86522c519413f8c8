"""A patient's therapy notebook, kept to reduce the chance of relapse.

Homework that was looked at in a session files itself here, once for each review.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID

from libs.eventstore.decider import Decider
from libs.eventstore.telling import Told
from services.diary.domain.entry import AssignmentId, PatientId

ReviewId = NewType("ReviewId", UUID)
SessionId = NewType("SessionId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkFiled:
    """Homework that a session looked at, kept by the patient; once for each review."""

    patient_id: PatientId
    assignment_id: AssignmentId
    review_id: ReviewId
    session_id: SessionId
    filed_at: datetime


Event = HomeworkFiled


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    patient_id: PatientId
    filed: frozenset[tuple[AssignmentId, ReviewId]]


State = Empty | Kept


def evolve(state: State, event: Event) -> State:
    earlier = state.filed if isinstance(state, Kept) else frozenset()
    return Kept(
        patient_id=event.patient_id, filed=earlier | {(event.assignment_id, event.review_id)}
    )


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHomework(Told):
    patient_id: PatientId
    assignment_id: AssignmentId
    review_id: ReviewId
    session_id: SessionId


Command = FileHomework


# --- Rules. ---


def file(command: FileHomework, state: State) -> Sequence[Event]:
    if isinstance(state, Kept) and (command.assignment_id, command.review_id) in state.filed:
        return []
    return [
        HomeworkFiled(
            patient_id=command.patient_id,
            assignment_id=command.assignment_id,
            review_id=command.review_id,
            session_id=command.session_id,
            filed_at=command.happened_at,
        )
    ]


decider: Decider[Command, State, Event] = Decider(Empty(), evolve, file)
