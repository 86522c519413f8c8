"""Homework for groups over HTTP: given and seen by those who lead the group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libs.access.policy import NOBODY, Subject, grant
from libs.access.principal import Principal
from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.recorded import Recorded
from libs.web.commands import Commands, Edge, Router
from services.assignment.domain import groupwork
from services.assignment.domain.due import DueRule
from services.assignment.domain.groupwork import GroupId
from services.assignment.domain.terms import GroupAssignmentId, TherapistId, as_said

Groupwork = Desk[groupwork.Command, groupwork.State, groupwork.Event]

FACILITATORS = grant(therapist="facilitates")
WRONG_CONTENT: tuple[type[Rejected], ...] = (groupwork.DueNotForAGroup,)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAssignmentView(groupwork.SharedTask):
    """What the group was given. Each member's homework is seen by who treats them."""

    id: GroupAssignmentId
    group_id: GroupId
    therapist_id: TherapistId
    due: DueRule
    issued_at: datetime


def of_group_assignment(
    history: Sequence[tuple[Recorded, groupwork.Event]],
) -> GroupAssignmentView:
    (_, fact), *_ = history
    return GroupAssignmentView(
        **as_said(groupwork.SharedTask, fact),
        id=fact.group_assignment_id,
        group_id=fact.group_id,
        therapist_id=fact.therapist_id,
        due=fact.due,
        issued_at=fact.issued_at,
    )


def routes(edge: Edge, desk: Groupwork) -> Router:
    on = Commands(edge, desk, subject=_whose)
    on.create(
        "/v1/group-assignments",
        groupwork.AssignToGroup,
        operation="assignToGroup",
        grant=FACILITATORS,
        about=_of_the_group,
        weight=5,
    )
    on.show(
        "/v1/group-assignments/{id}",
        GroupAssignmentView,
        of_group_assignment,
        operation="groupAssignment",
        grant=FACILITATORS,
    )
    return on.router


async def _of_the_group(_principal: Principal, fields: Mapping[str, Any]) -> Subject:
    return Subject(group_id=fields["group_id"])


def _whose(state: groupwork.State) -> Subject:
    return NOBODY if isinstance(state, groupwork.NotIssued) else Subject(group_id=state.group_id)
