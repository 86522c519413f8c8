"""Groups over HTTP: who leads them, and who belongs to them. Members see none of it here: not even
how often a group has changed, which its version would tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.access.policy import NOBODY, Subject, grant
from libs.access.principal import Principal
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.recorded import Recorded
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import leaving
from services.care.access import FACILITATORS
from services.care.domain import group, relationship, therapist
from services.care.domain.group import LateJoiners
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import GroupId
from services.care.domain.session_told import therapist_of
from services.care.domain.therapist import TherapistId

Groups = Desk[group.Command, group.State, group.Event]
Therapists = Desk[therapist.Command, therapist.State, therapist.Event]

FOUNDERS = grant(therapist="own", clinic_admin="clinic", integrator="clinic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who belongs to a group, and since when."""

    patient_id: PatientId
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group as those see it who lead it: who belongs to it now, in the order of joining."""

    id: GroupId
    name: str
    late_joiners: LateJoiners
    facilitators: tuple[TherapistId, ...]
    members: tuple[Member, ...]


def of_group(history: Sequence[tuple[Recorded, group.Event]]) -> GroupView:
    (_, first), *later = history
    assert isinstance(first, group.GroupCreated)  # noqa: S101 - a stream begins with it
    facilitators: dict[TherapistId, None] = {}
    members: dict[PatientId, datetime] = {}
    for _, fact in later:
        match fact:
            case group.FacilitatorAdded():
                facilitators[fact.therapist_id] = None
            case group.FacilitatorRemoved():
                facilitators.pop(fact.therapist_id, None)
            case group.MemberAdded():
                members[fact.patient_id] = fact.joined_at
            case group.MemberRemoved():
                members.pop(fact.patient_id, None)
    return GroupView(
        id=first.group_id,
        name=first.name,
        late_joiners=first.late_joiners,
        facilitators=tuple(facilitators),
        members=tuple(Member(patient_id=who, joined_at=at) for who, at in members.items()),
    )


def routes(
    edge: Edge, desk: Groups, *, therapists: Therapists, departures: leaving.Departures
) -> Router:
    look = _LookUp(edge=edge, groups=desk, therapists=therapists, departures=departures)
    on = Commands(edge, desk, subject=_group)
    on.create(
        "/v1/groups",
        group.CreateGroup,
        operation="createGroup",
        grant=FOUNDERS,
        about=_who_leads,
        prepare=look.for_creating,
    )
    on.act(
        "/v1/groups/{id}/facilitators",
        group.AddFacilitator,
        operation="addFacilitator",
        grant=FACILITATORS,
        prepare=look.for_a_facilitator,
    )
    on.act(
        "/v1/groups/{id}/facilitator-removals",
        group.RemoveFacilitator,
        operation="removeFacilitator",
        grant=FACILITATORS,
    )
    on.act(
        "/v1/groups/{id}/members",
        group.AddMember,
        operation="addMember",
        grant=FACILITATORS,
        prepare=look.for_a_member,
    )
    on.act(
        "/v1/groups/{id}/member-removals",
        group.RemoveMember,
        operation="removeMember",
        grant=FACILITATORS,
    )
    on.show("/v1/groups/{id}", GroupView, of_group, operation="group", grant=FACILITATORS)
    return on.router


def _group(state: group.State) -> Subject:
    return NOBODY if isinstance(state, group.NotCreated) else Subject(group_id=state.group_id)


async def _who_leads(principal: Principal, fields: Mapping[str, Any]) -> Subject:
    return Subject(therapist_id=fields["therapist_id"] or principal.person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookUp:
    edge: Edge
    groups: Groups
    therapists: Therapists
    departures: leaving.Departures

    async def for_creating(self, asked: Preparing) -> Fields:
        leads = therapist_of(asked.fields["therapist_id"], asked.told)
        await self._must_work_here(asked.principal.tenant_id, leads)
        return {}

    async def for_a_facilitator(self, asked: Preparing) -> Fields:
        await self._must_work_here(asked.principal.tenant_id, asked.fields["therapist_id"])
        return {}

    async def for_a_member(self, asked: Preparing) -> Fields:
        """Somebody whom nobody of the group treats is as unknown as nobody."""
        tenant, patient_id = asked.principal.tenant_id, asked.fields["patient_id"]
        found = await self.groups.state(tenant, asked.stream_uuid)
        if found is None or not isinstance(found[0], group.Created):
            raise NotKnownYet
        for each in sorted(found[0].facilitators):
            if await self.edge.known.treats(tenant, each, patient_id):
                return {}
        raise NotKnownYet

    async def _must_work_here(self, tenant_id: UUID, therapist_id: UUID) -> None:
        if await self.therapists.state(tenant_id, therapist_id) is None:
            raise NotKnownYet
        if await leaving.has_left(self.departures, tenant_id, therapist_id):
            raise relationship.TherapistHasLeft
