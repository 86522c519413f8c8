"""Until when (C02): before a session, which may move, or at a fixed time, which never does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le

from libs.eventstore.decider import Advice, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.moment import LocalMoment
from services.assignment.domain.homework import OPEN, Due, Homework, must_be_open
from services.assignment.domain.terms import Party, SessionId, party

Kind = Literal["next_session", "session", "at", "none"]
MoveReason = Literal["session_moved", "session_cancelled", "session_scheduled", "given_later"]

TWO_WEEKS_MIN = 20_160


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A session that a due date may be anchored to."""

    session_id: SessionId
    starts_at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRule:
    """`next_session` is the next of this therapist and patient after the homework was given.

    `offset_min` counts from the session's start; negative is before it.
    """

    kind: Kind = "next_session"
    session_id: SessionId | None = None
    offset_min: Annotated[int, Ge(-TWO_WEEKS_MIN), Le(TWO_WEEKS_MIN)] = 0
    at: LocalMoment | None = None


NEXT_SESSION = DueRule()


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateSet:
    """The rule, and what it means now: the session it hangs on, the instant, the zone.

    Without `due_at` the due is unset and nothing expires.
    """

    rule: DueRule
    session_id: SessionId | None = None
    due_at: datetime | None = None
    zone: str | None = None
    set_by: Party
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateMoved:
    """The rule is as it was; the session that it hangs on has moved, or is another one."""

    session_id: SessionId | None = None
    due_at: datetime | None = None
    zone: str | None = None
    because: MoveReason
    moved_at: datetime


Fact = DueDateSet | DueDateMoved


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case DueDateSet():
            due = Due(
                follows_sessions=fact.rule.kind in {"next_session", "session"},
                named_session_id=fact.rule.session_id,
                offset_min=fact.rule.offset_min,
                session_id=fact.session_id,
                due_at=fact.due_at,
            )
        case DueDateMoved():
            due = replace(homework.due, session_id=fact.session_id, due_at=fact.due_at)
        case _:
            assert_never(fact)
    return replace(homework, due=due)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDue(Told):
    """`meeting` is the session that the rule names or means, as this service knows it."""

    rule: DueRule
    meeting: Annotated[Meeting | None, LOOKED_UP] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDue(Told):
    """Asked by a reaction when sessions change (P4). `named_session_id` is what the due date hung
    on as far as the reaction knew: where that has changed since, it has nothing to say.
    """

    named_session_id: SessionId | None
    meeting: Meeting | None
    because: MoveReason


Request = SetDue | MoveDue


class SessionMissing(Rejected):
    code = "session-missing"
    pointer = "/rule/session_id"


class LocalTimeMissing(Rejected):
    code = "local-time-missing"
    pointer = "/rule/at"


class DueRuleMixed(Rejected):
    """A due date hangs on a session or stands at a time, not both."""

    code = "due-rule-mixed"
    pointer = "/rule"


NO_NEXT_SESSION = Advice(
    "no-next-session", "It is due before a session that nobody has planned: nothing expires."
)

# --- Rules. ---


def first_due(rule: DueRule, meeting: Meeting | None, command: Told) -> DueDateSet:
    must_be_one_rule(rule)
    session_id, due_at, zone = _resolved(rule, meeting)
    return DueDateSet(
        rule=rule,
        session_id=session_id,
        due_at=due_at,
        zone=zone,
        set_by=party(command.by),
        set_at=command.happened_at,
    )


def set_due(command: SetDue, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    fact = first_due(command.rule, command.meeting, command)
    return [] if evolve(homework, fact).due == homework.due else [fact]


def move_due(command: MoveDue, homework: Homework) -> Sequence[Fact]:
    """Answers nothing where nothing hangs on sessions any more: the reaction is then settled."""
    still_so = homework.due.named_session_id == command.named_session_id
    if homework.status not in OPEN or not still_so:
        return []
    return moved(homework, command.meeting, because=command.because, at=command.happened_at)


def moved(
    homework: Homework, meeting: Meeting | None, *, because: MoveReason, at: datetime
) -> Sequence[DueDateMoved]:
    due = homework.due
    if not due.follows_sessions:
        return []
    session_id, due_at, zone = resolved_before(meeting, due.offset_min)
    if (session_id, due_at) == (due.session_id, due.due_at):
        return []
    return [
        DueDateMoved(session_id=session_id, due_at=due_at, zone=zone, because=because, moved_at=at)
    ]


def what_is_open(homework: Homework) -> Sequence[Notice]:
    """Due before a session that nobody has planned yet: unset, and nothing expires."""
    if homework.due.follows_sessions and homework.due.due_at is None:
        return [NO_NEXT_SESSION.at("/due")]
    return []


def must_be_one_rule(rule: DueRule) -> None:
    if rule.kind == "session" and rule.session_id is None:
        raise SessionMissing
    if rule.kind == "at" and rule.at is None:
        raise LocalTimeMissing
    if (rule.session_id is not None and rule.kind != "session") or (
        rule.at is not None and rule.kind != "at"
    ):
        raise DueRuleMixed


def _resolved(
    rule: DueRule, meeting: Meeting | None
) -> tuple[SessionId | None, datetime | None, str | None]:
    if rule.at is not None:
        return None, rule.at.instant(), rule.at.zone
    return resolved_before(None if rule.kind == "none" else meeting, rule.offset_min)


def resolved_before(
    meeting: Meeting | None, offset_min: int
) -> tuple[SessionId | None, datetime | None, str | None]:
    if meeting is None:
        return None, None, None
    due_at = meeting.starts_at + timedelta(minutes=offset_min)
    return meeting.session_id, due_at, meeting.zone


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case SetDue():
            return set_due(command, homework)
        case MoveDue():
            return move_due(command, homework)
        case _:
            assert_never(command)
