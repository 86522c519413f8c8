"""When this happened, request that: how homework of a group becomes that of its members (P6).

interlude.assignment.GroupAssignmentIssued   →  CreateAssignment, for each member
interlude.care.MemberAdded                   →  CreateAssignment, for all that the policy gives them

Either may be heard first: each looks at what is kept of the other, and the ids are the same. Who
leaves keeps what they have.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from libs.access import group_facts
from libs.access.care_facts import sessions
from libs.access.group_facts import groups, members
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.recorded import stream_name
from libs.eventstore.telling import Told
from libs.privacy.opening import opened
from libs.privacy.private import Erased
from libs.privacy.sealing import Sealer, SubjectErased
from services.assignment import wire
from services.assignment.domain.creation import CreateAssignment
from services.assignment.domain.due import Meeting
from services.assignment.domain.groupwork import (
    Belonging,
    GroupAssignmentIssued,
    for_member,
    is_given_to,
)
from services.assignment.domain.terms import PatientId, SessionId
from services.assignment.group_follow import GroupAssignmentIssued as Heard
from services.assignment.group_follow import group_homework

CATEGORIES = frozenset({"groupwork", "group"})

_TENANT = text("SELECT set_config('interlude.tenant', :tenant, true)")
_ISSUED = text("""
SELECT event_id, type, CAST(data AS text) AS data FROM events
WHERE tenant_id = :tenant AND stream_id = :stream AND version = 1
""")


def reactions(assignments: Desk[Any, Any, Any], sealer: Sealer) -> Reactions:
    fan = _Fan(assignments, sealer)
    return {
        "interlude.assignment.GroupAssignmentIssued.v1": [
            Reaction(name="give-to-members", reads=Heard, wishes=fan.to_members)
        ],
        "interlude.care.MemberAdded.v1": [
            Reaction(
                name="give-to-late-joiner",
                reads=group_facts.MemberAdded,
                wishes=fan.to_late_joiner,
            )
        ],
    }


class _Fan:
    def __init__(self, assignments: Desk[Any, Any, Any], sealer: Sealer) -> None:
        self._assignments = assignments
        self._sealer = sealer

    def to_members(self, cause: Cause[Heard], db: Connection) -> Sequence[Wish]:
        group_id = cause.fact.group_id
        belonging = db.execute(
            select(members)
            .where(members.c.tenant_id == cause.recorded.tenant_id, members.c.group_id == group_id)
            .order_by(members.c.patient_id)
        ).all()
        issued = _fact(cause.recorded.type, cause.recorded.data, cause.recorded.event_id)
        return list(self._given(cause, db, group_id, [issued], [_member(row) for row in belonging]))

    def to_late_joiner(
        self, cause: Cause[group_facts.MemberAdded], db: Connection
    ) -> Sequence[Wish]:
        tenant_id, group_id = cause.recorded.tenant_id, cause.recorded.stream_uuid
        row = db.execute(
            select(members).where(
                members.c.tenant_id == tenant_id,
                members.c.group_id == group_id,
                members.c.patient_id == cause.fact.patient_id,
            )
        ).first()
        if row is None:
            return []  # they were erased meanwhile
        return list(
            self._given(cause, db, group_id, _all_issued(db, tenant_id, group_id), [_member(row)])
        )

    def _given(
        self,
        cause: Cause[Any],
        db: Connection,
        group_id: UUID,
        issued: Sequence[GroupAssignmentIssued],
        belonging: Sequence[Belonging],
    ) -> Iterator[Wish]:
        if not issued:
            return
        tenant_id = cause.recorded.tenant_id
        late = _policy(db, tenant_id, group_id)
        first = _first(db, tenant_id, group_id, issued)
        for fact in issued:
            for member in belonging:
                if is_given_to(member, issued_at=fact.issued_at, first_issued_at=first, late=late):
                    yield self._wish(cause, db, fact, member)

    def _wish(
        self, cause: Cause[Any], db: Connection, fact: GroupAssignmentIssued, member: Belonging
    ) -> Wish:
        given_at = max(fact.issued_at, member.joined_at)
        meeting = (
            _next(db, cause.recorded.tenant_id, member.patient_id, fact.therapist_id, given_at)
            if fact.due.kind == "next_session"
            else None
        )
        command = for_member(fact, member.patient_id, meeting, Told(**cause.telling))
        return Wish(
            desk=self._assignments,
            stream_uuid=command.id,
            command=command,
            creates=True,
            opens=self._opens(cause.recorded.tenant_id),
        )

    def _opens(self, tenant_id: UUID) -> Any:
        """The therapist's words, to be sealed anew under the member's own keys."""

        async def readable(command: CreateAssignment) -> CreateAssignment:
            shown = await opened(command, self._sealer, tenant_id)
            words = (shown.title, shown.description, shown.technique_other)
            if any(isinstance(each, Erased) for each in words):
                raise SubjectErased
            return shown

        return readable


def _fact(published: str, data: bytes, event_id: UUID) -> GroupAssignmentIssued:
    return wire.groupworks.wire.from_wire(published, data, event_id)


def _all_issued(db: Connection, tenant_id: UUID, group_id: UUID) -> Sequence[GroupAssignmentIssued]:
    rows = db.execute(
        select(group_homework.c.group_assignment_id)
        .where(group_homework.c.tenant_id == tenant_id, group_homework.c.group_id == group_id)
        .order_by(group_homework.c.group_assignment_id)
    ).all()
    db.execute(_TENANT, {"tenant": str(tenant_id)})
    return [_stored(db, tenant_id, row.group_assignment_id) for row in rows]


def _stored(db: Connection, tenant_id: UUID, group_assignment_id: UUID) -> GroupAssignmentIssued:
    stream = stream_name("groupwork", group_assignment_id)
    row = db.execute(_ISSUED, {"tenant": tenant_id, "stream": stream}).one()
    return _fact(row.type, row.data.encode(), _plain(row.event_id))


def _policy(db: Connection, tenant_id: UUID, group_id: UUID) -> Any:
    found = db.execute(
        select(groups.c.late_joiners).where(
            groups.c.tenant_id == tenant_id, groups.c.group_id == group_id
        )
    ).scalar()
    if found is None:
        raise NotKnownYet
    return found


def _first(
    db: Connection, tenant_id: UUID, group_id: UUID, issued: Sequence[GroupAssignmentIssued]
) -> datetime:
    """When the group had homework for the first time, as far as is known."""
    times: Iterable[datetime] = db.execute(
        select(group_homework.c.issued_at).where(
            group_homework.c.tenant_id == tenant_id, group_homework.c.group_id == group_id
        )
    ).scalars()
    return min([*times, *(each.issued_at for each in issued)])


def _next(
    db: Connection, tenant_id: UUID, patient_id: UUID, therapist_id: UUID, after: datetime
) -> Meeting | None:
    row = db.execute(
        select(sessions)
        .where(
            sessions.c.tenant_id == tenant_id,
            sessions.c.patient_id == patient_id,
            sessions.c.therapist_id == therapist_id,
            sessions.c.starts_at > after,
            sessions.c.status.not_in(("cancelled", "no_show")),
        )
        .order_by(sessions.c.starts_at, sessions.c.session_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return Meeting(
        session_id=SessionId(_plain(row.session_id)), starts_at=row.starts_at, zone=row.zone
    )


def _member(row: Row[Any]) -> Belonging:
    return Belonging(
        patient_id=PatientId(_plain(row.patient_id)), joined_at=row.joined_at, left_at=row.left_at
    )


def _plain(uuid: UUID) -> UUID:
    """The driver's rows hold UUIDs of a kind of its own, which orjson does not write."""
    return UUID(int=uuid.int)
