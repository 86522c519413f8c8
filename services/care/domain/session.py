"""A therapy session: when a patient and a therapist meet.

Homework is defined by sessions: it is given at one and looked at in the next. What happened can
be told late and out of order, so the rules compare times in the world.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.decider import Advice, Decider, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.moment import LocalMoment, WallClock
from services.care.domain.patient import PatientId
from services.care.domain.therapist import TherapistId

SessionId = NewType("SessionId", UUID)
Minutes = Annotated[int, Ge(10), Le(240)]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScheduled:
    """A patient and a therapist will meet. `starts_local` in `zone` is what was agreed on;
    `starts_at` is the instant, by the rules that the zone had when this was said.
    """

    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    duration_min: int
    starts_local: WallClock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled:
    """It moved before it began; homework that is due at it moves with it."""

    starts_at: datetime
    zone: str
    duration_min: int
    starts_local: WallClock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """`started_at` is when it began in the world, however late it was told."""

    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """`ended_at` is when it ended in the world; its start may never have been told."""

    ended_at: datetime


Event = SessionScheduled | SessionRescheduled | SessionStarted | SessionEnded


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unscheduled:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A session may have ended without anybody having told that it started."""

    patient_id: PatientId
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    duration_min: int
    started_at: datetime | None = None
    ended_at: datetime | None = None


State = Unscheduled | Scheduled


def evolve(state: State, event: Event) -> State:
    match event:
        case SessionScheduled():
            return Scheduled(
                patient_id=event.patient_id,
                therapist_id=event.therapist_id,
                starts_at=event.starts_at,
                zone=event.zone,
                duration_min=event.duration_min,
            )
        case SessionRescheduled():
            return _moved(state, event) if isinstance(state, Scheduled) else state
        case SessionStarted():
            return (
                replace(state, started_at=event.started_at)
                if isinstance(state, Scheduled)
                else state
            )
        case SessionEnded():
            return (
                replace(state, ended_at=event.ended_at) if isinstance(state, Scheduled) else state
            )
        case _:
            assert_never(event)


def _moved(session: Scheduled, to: SessionRescheduled) -> Scheduled:
    return replace(session, starts_at=to.starts_at, zone=to.zone, duration_min=to.duration_min)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSession(Told):
    """`therapist_id` may be left out by the therapist who schedules. A session may lie in the
    past: then it is told late. The duration, in minutes, is the clinic's unless told. Where the
    patient has withdrawn their consent to treatment, a notice says so.
    """

    id: Annotated[SessionId, MINTED]
    patient_id: PatientId
    therapist_id: TherapistId | None = None
    starts_at: LocalMoment
    duration_min: Minutes | None = None
    clinic_duration_min: Annotated[int, LOOKED_UP]
    treatment_withdrawn: Annotated[bool, LOOKED_UP] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession(Told):
    """The duration stays unless told."""

    starts_at: LocalMoment
    duration_min: Minutes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession(Told):
    """It started when the request says that it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Told):
    """It ended when the request says that it happened."""


Command = ScheduleSession | RescheduleSession | StartSession | EndSession


class TherapistNeeded(Rejected):
    """Say whose session it is; only a therapist who schedules may leave it out."""

    code = "therapist-needed"
    pointer = "/therapist_id"


class NotScheduled(Rejected):
    """This session was never scheduled."""

    code = "not-scheduled"


class SessionScheduledOtherwise(Rejected):
    """This id is taken by a session of other people or at another time."""

    code = "session-scheduled-otherwise"


class SessionBegun(Rejected):
    """A session that has started or ended cannot be moved."""

    code = "session-begun"


class EndBeforeStart(Rejected):
    """A session cannot end before it started."""

    code = "session-ends-before-it-starts"
    pointer = "/occurred_at"


SESSION_IN_THE_PAST = Advice("session-in-the-past", "The session starts before it was told of.")
TREATMENT_CONSENT_WITHDRAWN = Advice(
    "treatment-consent-withdrawn", "The patient has withdrawn their consent to treatment."
)
ENDED_WITHOUT_START = Advice("ended-without-start", "Nobody has told that this session started.")

# --- Rules. ---


def therapist_of(named: TherapistId | None, told: Told) -> TherapistId:
    if named is not None:
        return named
    if told.by.role != "therapist":
        raise TherapistNeeded
    return TherapistId(told.by.person_id)


def schedule(command: ScheduleSession, state: State) -> Sequence[Event]:
    scheduled = SessionScheduled(
        session_id=command.id,
        patient_id=command.patient_id,
        therapist_id=therapist_of(command.therapist_id, command),
        starts_at=command.starts_at.instant(),
        zone=command.starts_at.zone,
        duration_min=command.duration_min or command.clinic_duration_min,
        starts_local=command.starts_at.local,
    )
    if isinstance(state, Unscheduled):
        return [scheduled]
    if replace(state, started_at=None, ended_at=None) != evolve(state, scheduled):
        raise SessionScheduledOtherwise
    return []


def reschedule(command: RescheduleSession, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    moved = SessionRescheduled(
        starts_at=command.starts_at.instant(),
        zone=command.starts_at.zone,
        duration_min=command.duration_min or session.duration_min,
        starts_local=command.starts_at.local,
    )
    if evolve(session, moved) == session:
        return []
    if session.started_at is not None or session.ended_at is not None:
        raise SessionBegun
    return [moved]


def start(command: StartSession, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    if session.started_at is not None:
        return []
    if session.ended_at is not None and command.happened_at > session.ended_at:
        raise EndBeforeStart
    return [SessionStarted(started_at=command.happened_at)]


def end(command: EndSession, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    if session.ended_at is not None:
        return []
    if session.started_at is not None and command.happened_at < session.started_at:
        raise EndBeforeStart
    return [SessionEnded(ended_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case ScheduleSession():
            return schedule(command, state)
        case RescheduleSession():
            return reschedule(command, state)
        case StartSession():
            return start(command, state)
        case EndSession():
            return end(command, state)
        case _:
            assert_never(command)


def advise(command: Command, state: State) -> Sequence[Notice]:
    match command, state:
        case ((ScheduleSession() | RescheduleSession()), Scheduled()):
            return [*_of_its_time(command, state), *_of_consent(command)]
        case EndSession(), Scheduled(started_at=None):
            return [ENDED_WITHOUT_START.at()]
        case _:
            return []


def _of_its_time(command: Command, session: Scheduled) -> Sequence[Notice]:
    past = session.starts_at < command.happened_at
    return [SESSION_IN_THE_PAST.at("/starts_at")] if past else []


def _of_consent(command: Command) -> Sequence[Notice]:
    """They may still meet, if only to talk about it; and a no to treatment erases nothing."""
    said_no = isinstance(command, ScheduleSession) and command.treatment_withdrawn
    return [TREATMENT_CONSENT_WITHDRAWN.at("/patient_id")] if said_no else []


def _scheduled(state: State) -> Scheduled:
    if isinstance(state, Unscheduled):
        raise NotScheduled
    return state


decider: Decider[Command, State, Event] = Decider(Unscheduled(), evolve, decide, advise)
