"""When this happened elsewhere, request that here.

A session that is scheduled, moved, cancelled or missed moves the due dates that hang on sessions
(P4), never fixed ones. A patient who travels takes local times along where the plan says so.
Homework that was given, or was over, while a session moved is looked at
once more when this service hears of it itself: between the two of them nothing is missed.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, Row, select

from libs.access import care_facts
from libs.access.care_facts import sessions
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from services.assignment import follow
from services.assignment.domain.due import Meeting, MoveDue, MoveReason
from services.assignment.domain.terms import SessionId
from services.assignment.domain.travelling import Because, FollowPatient
from services.assignment.follow import homework

_CARE = "interlude.care.{}.v1"
_OWN = "interlude.assignment.{}.v1"
CATEGORIES = frozenset({"session", "patient", "assignment"})

_OFF = ("cancelled", "no_show")


class PatientZoneChanged(Fact):
    """The patient's days begin and end elsewhere from now on; the stream is the patient's own."""

    zone: str
    because: Because = Field(validation_alias="reason")
    changed_at: datetime


Homework = Row[Any]
"""A row of `known_homework`: open, and due before a session."""
Which = Callable[[Cause[Any], Connection], Sequence[Homework]]


def reactions(assignments: Desk[Any, Any, Any]) -> Reactions:
    def moving(
        name: str, reads: type[Fact], which: Which, because: MoveReason
    ) -> Sequence[Reaction[Any]]:
        def wishes(cause: Cause[Any], db: Connection) -> Sequence[Wish]:
            return [
                Wish(
                    desk=assignments,
                    stream_uuid=_plain(each.assignment_id),
                    command=_moved(cause, db, each, because),
                )
                for each in which(cause, db)
            ]

        return [Reaction(name=name, reads=reads, wishes=wishes)]

    def following(cause: Cause[PatientZoneChanged], db: Connection) -> Sequence[Wish]:
        return [
            Wish(
                desk=assignments,
                stream_uuid=_plain(each.assignment_id),
                command=FollowPatient(**cause.telling, **dict(cause.fact)),
            )
            for each in _of_the_patient(cause, db)
        ]

    return {
        _CARE.format("SessionScheduled"): moving(
            "due-by-scheduling", care_facts.SessionScheduled, _hanging_on_it, "session_scheduled"
        ),
        _CARE.format("SessionRescheduled"): moving(
            "due-by-moving", care_facts.SessionRescheduled, _hanging_on_it, "session_moved"
        ),
        _CARE.format("SessionCancelled"): moving(
            "due-by-cancelling", care_facts.SessionCancelled, _hanging_on_it, "session_cancelled"
        ),
        _CARE.format("SessionNoShowRecorded"): moving(
            "due-by-no-show", care_facts.SessionNoShowRecorded, _hanging_on_it, "session_cancelled"
        ),
        _CARE.format("SessionReinstated"): moving(
            "due-by-reinstating",
            care_facts.SessionReinstated,
            _hanging_on_it,
            "session_scheduled",
        ),
        _CARE.format("PatientZoneChanged"): [
            Reaction(name="zone-by-travelling", reads=PatientZoneChanged, wishes=following)
        ],
        _OWN.format("DueDateSet"): moving(
            "due-as-set", follow.DueDateSet, _itself, "session_moved"
        ),
        _OWN.format("AssignmentReopened"): moving(
            "due-as-reopened", follow.AssignmentReopened, _itself, "session_moved"
        ),
        _OWN.format("AssignmentActivated"): moving(
            "due-as-given", follow.AssignmentActivated, _itself, "given_later"
        ),
    }


def _hanging_on_it(cause: Cause[Any], db: Connection) -> Sequence[Homework]:
    """Of the session's patient, all that is due before a session: which one may change by it."""
    session = _session(db, cause.recorded.tenant_id, cause.recorded.stream_uuid)
    if session is None:
        raise NotKnownYet
    if session.patient_id is None:
        return []  # a group's
    return _open(db, cause, homework.c.patient_id == session.patient_id)


def _of_the_patient(cause: Cause[Any], db: Connection) -> Sequence[Homework]:
    """Whether its times follow the patient, the homework itself knows."""
    return db.execute(
        select(homework)
        .where(
            homework.c.tenant_id == cause.recorded.tenant_id,
            homework.c.patient_id == cause.recorded.stream_uuid,
            homework.c.closed.is_not(other=True),
        )
        .order_by(homework.c.assignment_id)
    ).all()


def _itself(cause: Cause[Any], db: Connection) -> Sequence[Homework]:
    return _open(db, cause, homework.c.assignment_id == cause.recorded.stream_uuid)


def _open(db: Connection, cause: Cause[Any], which: ColumnElement[bool]) -> Sequence[Homework]:
    return db.execute(
        select(homework)
        .where(homework.c.tenant_id == cause.recorded.tenant_id, which)
        .where(homework.c.follows_sessions, ~homework.c.closed)
        .order_by(homework.c.assignment_id)
    ).all()


def _moved(cause: Cause[Any], db: Connection, each: Homework, because: MoveReason) -> MoveDue:
    """What the sessions say now. Whether it is so already, only the homework itself knows: what is
    kept here of its due date may be older than what this service has decided meanwhile.
    """
    return MoveDue(
        **cause.telling,
        named_session_id=each.named_session_id,
        meeting=_meeting(db, each),
        because=because,
    )


def _meeting(db: Connection, each: Homework) -> Meeting | None:
    """The named session, or the one that follows it where that is off; else the next."""
    after = each.given_at
    if each.named_session_id is not None:
        named = _session(db, each.tenant_id, each.named_session_id)
        if named is None:
            raise NotKnownYet
        if named.status not in _OFF:
            return _as_meeting(named)
        after = named.starts_at
    return next((_as_meeting(row) for row in _following(db, each, after)), None)


def _following(db: Connection, each: Homework, after: datetime) -> Iterator[Row[Any]]:
    found = db.execute(
        select(sessions)
        .where(
            sessions.c.tenant_id == each.tenant_id,
            sessions.c.patient_id == each.patient_id,
            sessions.c.therapist_id == each.therapist_id,
            sessions.c.starts_at > after,
            sessions.c.status.not_in(_OFF),
            sessions.c.session_id.is_distinct_from(each.created_in_session_id),
        )
        .order_by(sessions.c.starts_at, sessions.c.session_id)
        .limit(1)
    )
    yield from found


def _session(db: Connection, tenant_id: UUID, session_id: UUID) -> Row[Any] | None:
    return db.execute(
        select(sessions).where(
            sessions.c.tenant_id == tenant_id, sessions.c.session_id == session_id
        )
    ).first()


def _as_meeting(session: Row[Any]) -> Meeting:
    return Meeting(
        session_id=SessionId(_plain(session.session_id)),
        starts_at=session.starts_at,
        zone=session.zone,
    )


def _plain(uuid: UUID) -> UUID:
    """The driver's rows hold UUIDs of a kind of its own, which orjson does not write."""
    return UUID(int=uuid.int)
