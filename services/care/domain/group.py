"""A group (C25): patients who meet together, and the therapists who lead it.

What it holds is who belongs to it. Each member has their own homework, diary and reviews, and
learns nothing of the others.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from annotated_types import MaxLen, MinLen

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.checked import Checked
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import GroupId
from services.care.domain.session_told import therapist_of
from services.care.domain.therapist import TherapistId

MOST_MEMBERS = 50
LateJoiners = Literal["from_now", "all", "none"]
"""Which of a group's homework somebody gets who joins once there was some: what is given from then
on, all of it, or none.
"""
GroupName = Annotated[
    str,
    MinLen(1),
    MaxLen(200),
    Checked(
        str.isprintable,
        code="not-a-group-name",
        message="This takes 1 to 200 printable characters.",
    ),
]
"""What the clinic calls it, and nobody's own words: it is not sealed, and names no patient."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCreated:
    """A group without anybody in it; who leads it is told next."""

    group_id: GroupId
    name: str
    late_joiners: LateJoiners
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilitatorAdded:
    """From now on this therapist leads the group, perhaps with others."""

    therapist_id: TherapistId
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilitatorRemoved:
    """From now on this therapist sees nothing of the group."""

    therapist_id: TherapistId
    removed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAdded:
    """From now on this patient belongs to the group."""

    patient_id: PatientId
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRemoved:
    """They belong to it no more; their homework stays theirs."""

    patient_id: PatientId
    left_at: datetime


Event = GroupCreated | FacilitatorAdded | FacilitatorRemoved | MemberAdded | MemberRemoved


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NotCreated:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    group_id: GroupId
    name: str
    late_joiners: LateJoiners
    facilitators: AbstractSet[TherapistId] = frozenset()
    members: AbstractSet[PatientId] = frozenset()


State = NotCreated | Created


def evolve(state: State, event: Event) -> State:
    if isinstance(event, GroupCreated):
        return Created(group_id=event.group_id, name=event.name, late_joiners=event.late_joiners)
    return _evolve(state, event) if isinstance(state, Created) else state


def _evolve(
    group: Created, event: FacilitatorAdded | FacilitatorRemoved | MemberAdded | MemberRemoved
) -> Created:
    match event:
        case FacilitatorAdded():
            return replace(group, facilitators=group.facilitators | {event.therapist_id})
        case FacilitatorRemoved():
            return replace(group, facilitators=group.facilitators - {event.therapist_id})
        case MemberAdded():
            return replace(group, members=group.members | {event.patient_id})
        case MemberRemoved():
            return replace(group, members=group.members - {event.patient_id})
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGroup(Told):
    """`therapist_id` leads it; the therapist who creates it may leave that out."""

    id: Annotated[GroupId, MINTED]
    name: GroupName
    late_joiners: LateJoiners = "from_now"
    therapist_id: TherapistId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFacilitator(Told):
    """Another therapist leads the group, too."""

    therapist_id: TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFacilitator(Told):
    """Somebody always leads a group: who takes over is added first."""

    therapist_id: TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMember(Told):
    """A patient whom one of those who lead the group treats joins when the request says that it
    happened.
    """

    patient_id: PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember(Told):
    """They left when the request says that it happened, and keep what homework they have."""

    patient_id: PatientId


Command = CreateGroup | AddFacilitator | RemoveFacilitator | AddMember | RemoveMember


class GroupNotCreated(Rejected):
    """This group was never created."""

    code = "group-not-created"


class GroupCreatedOtherwise(Rejected):
    """This id is taken by a group of another name, or with another policy."""

    code = "group-created-otherwise"


class GroupFull(Rejected):
    """A group has 50 members at most."""

    code = "group-full"
    pointer = "/patient_id"


class FacilitatorIsMember(Rejected):
    """Nobody leads a group and belongs to it as a patient."""

    code = "facilitator-is-member"


class LastFacilitator(Rejected):
    """Somebody leads a group: whoever takes over is added first."""

    code = "last-facilitator"
    pointer = "/therapist_id"


# --- Rules. ---


def create(command: CreateGroup, state: State) -> Sequence[Event]:
    leads = therapist_of(command.therapist_id, command)
    if isinstance(state, Created):
        if (state.name, state.late_joiners) != (command.name, command.late_joiners):
            raise GroupCreatedOtherwise
        return []
    return [
        GroupCreated(
            group_id=command.id,
            name=command.name,
            late_joiners=command.late_joiners,
            created_at=command.happened_at,
        ),
        FacilitatorAdded(therapist_id=leads, added_at=command.happened_at),
    ]


def add_facilitator(command: AddFacilitator, group: Created) -> Sequence[Event]:
    if command.therapist_id in group.facilitators:
        return []
    if command.therapist_id in group.members:
        raise FacilitatorIsMember
    return [FacilitatorAdded(therapist_id=command.therapist_id, added_at=command.happened_at)]


def remove_facilitator(command: RemoveFacilitator, group: Created) -> Sequence[Event]:
    if command.therapist_id not in group.facilitators:
        return []
    if len(group.facilitators) == 1:
        raise LastFacilitator
    return [FacilitatorRemoved(therapist_id=command.therapist_id, removed_at=command.happened_at)]


def add_member(command: AddMember, group: Created) -> Sequence[Event]:
    if command.patient_id in group.members:
        return []
    if command.patient_id in group.facilitators:
        raise FacilitatorIsMember
    if len(group.members) >= MOST_MEMBERS:
        raise GroupFull
    return [MemberAdded(patient_id=command.patient_id, joined_at=command.happened_at)]


def remove_member(command: RemoveMember, group: Created) -> Sequence[Event]:
    if command.patient_id not in group.members:
        return []
    return [MemberRemoved(patient_id=command.patient_id, left_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    if isinstance(command, CreateGroup):
        return create(command, state)
    if isinstance(state, NotCreated):
        raise GroupNotCreated
    match command:
        case AddFacilitator():
            return add_facilitator(command, state)
        case RemoveFacilitator():
            return remove_facilitator(command, state)
        case AddMember():
            return add_member(command, state)
        case RemoveMember():
            return remove_member(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NotCreated(), evolve, decide)
