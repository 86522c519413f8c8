"""Homework given to a group (C25): one task for all, which becomes a draft of each member's own.

Its words are sealed under the keys of the therapist who gives it, for it is nobody's in particular;
each member's homework is sealed under their own. What is one person's alone, like the thought that
it is to change, is told there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID, uuid5

from annotated_types import MaxLen

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.procedure import Procedure
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.creation import CreateAssignment, must_name_the_technique
from services.assignment.domain.due import NEXT_SESSION, DueRule, Meeting, must_be_one_rule
from services.assignment.domain.kinds import Category, Technique
from services.assignment.domain.terms import (
    AssignmentId,
    GroupAssignmentId,
    PatientId,
    TherapistId,
    Title,
    as_said,
)

GroupId = NewType("GroupId", UUID)
LateJoiners = Literal["from_now", "all", "none"]


@dataclass(frozen=True, kw_only=True)
class SharedTask:
    """What is to be done by everybody. Only the title is ever required."""

    title: Title
    description: Prose | None = None
    category: Category = "other"
    technique: Technique | None = None
    technique_other: Label | None = None
    modality_tags: Annotated[tuple[Procedure, ...], MaxLen(8)] = ()
    intended_change: Literal["cognitive"] | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAssignmentIssued(SharedTask):
    """Homework for a group: whoever belongs to it is given a draft of their own."""

    group_assignment_id: GroupAssignmentId
    group_id: GroupId
    therapist_id: TherapistId
    due: DueRule
    issued_at: datetime


Event = GroupAssignmentIssued


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NotIssued:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    group_id: GroupId
    therapist_id: TherapistId


State = NotIssued | Issued


def evolve(_state: State, event: Event) -> State:
    return Issued(group_id=event.group_id, therapist_id=event.therapist_id)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignToGroup(Told, SharedTask):
    """Everybody who belongs to the group, and whoever joins later as far as the group's policy says
    so, is given a draft of it a moment later; by default each is due before their next session.
    """

    id: Annotated[GroupAssignmentId, MINTED]
    group_id: GroupId
    due: DueRule = NEXT_SESSION


Command = AssignToGroup


class GroupAssignmentExists(Rejected):
    """This id is taken by other homework of a group."""

    code = "group-assignment-already-issued"
    pointer = "/id"


class DueNotForAGroup(Rejected):
    """One session is one patient's: what a group is given is due before each member's next one, at
    a fixed time, or at none.
    """

    code = "due-not-for-a-group"
    pointer = "/due/kind"


# --- Rules. ---


def decide(command: Command, state: State) -> Sequence[Event]:
    if isinstance(state, Issued):
        raise GroupAssignmentExists
    must_name_the_technique(command.technique, command.technique_other)
    must_be_one_rule(command.due)
    if command.due.kind == "session":
        raise DueNotForAGroup
    return [
        GroupAssignmentIssued(
            **as_said(SharedTask, command),
            group_assignment_id=command.id,
            group_id=command.group_id,
            therapist_id=TherapistId(command.by.person_id),
            due=command.due,
            issued_at=command.happened_at,
        )
    ]


decider: Decider[Command, State, Event] = Decider(NotIssued(), evolve, decide)


# --- What it makes of whom (P6). ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Since when a patient belongs to a group, and until when."""

    patient_id: PatientId
    joined_at: datetime
    left_at: datetime | None = None


def is_given_to(
    member: Belonging, *, issued_at: datetime, first_issued_at: datetime, late: LateJoiners
) -> bool:
    """Whether a member gets what was issued then; `first_issued_at` is when the group had homework
    for the first time. Whoever has left by then gets none, and keeps what they have.
    """
    if member.left_at is not None and member.left_at <= issued_at:
        return False
    if issued_at < member.joined_at:
        return late == "all"
    return late != "none" or member.joined_at <= first_issued_at


def assignment_of(group_assignment_id: UUID, patient_id: UUID) -> AssignmentId:
    """The same for ever, so that whoever is given it again has it already."""
    return AssignmentId(uuid5(group_assignment_id, str(patient_id)))


def for_member(
    issued: GroupAssignmentIssued, patient_id: PatientId, meeting: Meeting | None, told: Told
) -> CreateAssignment:
    return CreateAssignment(
        **as_said(Told, told),
        **as_said(SharedTask, issued),
        id=assignment_of(issued.group_assignment_id, patient_id),
        patient_id=patient_id,
        due=issued.due,
        meeting=meeting,
        given_by=issued.therapist_id,
        group_assignment_id=issued.group_assignment_id,
    )
