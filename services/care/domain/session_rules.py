"""By which rules a request about a session becomes facts, and what is said of it besides."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from libs.eventstore.decider import Decider, Notice
from services.care.domain.session import (
    ENDED_WITHOUT_START,
    SESSION_IN_THE_PAST,
    SESSIONS_OVERLAP,
    TREATMENT_CONSENT_WITHDRAWN,
    Cancelled,
    CancelSession,
    Command,
    EndBeforeStart,
    EndSession,
    EndWithSeries,
    Missed,
    NotMissedYet,
    NotScheduled,
    OffOtherwise,
    RecordNoShow,
    ReinstateSession,
    RescheduleSession,
    Scheduled,
    ScheduleGroupSession,
    ScheduleSession,
    SessionBegun,
    SessionOff,
    SessionScheduledOtherwise,
    StartSession,
    State,
    Unscheduled,
    evolve,
)
from services.care.domain.session_facts import (
    Event,
    GroupSessionScheduled,
    SessionCancelled,
    SessionEnded,
    SessionNoShowRecorded,
    SessionReinstated,
    SessionRescheduled,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.session_told import cancelled_by, therapist_of

# --- Rules. ---


def schedule(command: ScheduleSession, state: State) -> Sequence[Event]:
    scheduled = SessionScheduled(
        session_id=command.id,
        patient_id=command.patient_id,
        therapist_id=therapist_of(command.therapist_id, command),
        starts_at=command.starts_at.instant(),
        zone=command.starts_at.zone,
        duration_min=command.duration_min or command.clinic_duration_min,
        starts_local=command.starts_at.local,
        series_id=command.series_id,
    )
    return _unless_there(scheduled, state)


def schedule_for_a_group(command: ScheduleGroupSession, state: State) -> Sequence[Event]:
    scheduled = GroupSessionScheduled(
        session_id=command.id,
        group_id=command.group_id,
        therapist_id=therapist_of(command.therapist_id, command),
        starts_at=command.starts_at.instant(),
        zone=command.starts_at.zone,
        duration_min=command.duration_min or command.clinic_duration_min,
        starts_local=command.starts_at.local,
    )
    return _unless_there(scheduled, state)


def _unless_there(
    scheduled: SessionScheduled | GroupSessionScheduled, state: State
) -> Sequence[Event]:
    if isinstance(state, Unscheduled):
        return [scheduled]
    if replace(state, started_at=None, ended_at=None, off=None) != evolve(state, scheduled):
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
    _must_be_on(session)
    if session.has_begun:
        raise SessionBegun
    return [moved]


def start(command: StartSession, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    if session.started_at is not None:
        return []
    _must_be_on(session)
    if session.ended_at is not None and command.happened_at > session.ended_at:
        raise EndBeforeStart
    return [SessionStarted(started_at=command.happened_at)]


def end(command: EndSession, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    if session.ended_at is not None:
        return []
    _must_be_on(session)
    if session.started_at is not None and command.happened_at < session.started_at:
        raise EndBeforeStart
    return [SessionEnded(ended_at=command.happened_at)]


def cancel(command: CancelSession, state: State) -> Sequence[Event]:
    session, by = _scheduled(state), cancelled_by(command.cancelled_by, command)
    if session.off is not None:
        return _already(session.off, Cancelled(by=by, reason=command.reason))
    if session.has_begun:
        raise SessionBegun
    return [
        SessionCancelled(cancelled_by=by, reason=command.reason, cancelled_at=command.happened_at)
    ]


def miss(command: RecordNoShow, state: State) -> Sequence[Event]:
    session = _scheduled(state)
    if session.off is not None:
        return _already(session.off, Missed())
    if session.has_begun:
        raise SessionBegun
    if command.happened_at < session.starts_at:
        raise NotMissedYet
    return [SessionNoShowRecorded(noticed_at=command.happened_at)]


def reinstate(command: ReinstateSession, state: State) -> Sequence[Event]:
    if _scheduled(state).off is None:
        return []
    return [SessionReinstated(reinstated_at=command.happened_at)]


def end_with_series(command: EndWithSeries, state: State) -> Sequence[Event]:
    """What lies behind is none of the series' any more, whatever became of it."""
    session = _scheduled(state)
    if session.off is not None or session.has_begun or session.starts_at <= command.happened_at:
        return []
    return [
        SessionCancelled(
            cancelled_by=command.cancelled_by,
            reason=command.reason,
            cancelled_at=command.happened_at,
        )
    ]


def _already(off: Cancelled | Missed, told: Cancelled | Missed) -> Sequence[Event]:
    if off != told:
        raise OffOtherwise
    return []


def _must_be_on(session: Scheduled) -> None:
    if session.off is not None:
        raise SessionOff


def decide(command: Command, state: State) -> Sequence[Event]:  # noqa: PLR0911 - a line for each
    match command:
        case ScheduleSession():
            return schedule(command, state)
        case ScheduleGroupSession():
            return schedule_for_a_group(command, state)
        case RescheduleSession():
            return reschedule(command, state)
        case StartSession():
            return start(command, state)
        case EndSession():
            return end(command, state)
        case CancelSession():
            return cancel(command, state)
        case RecordNoShow():
            return miss(command, state)
        case ReinstateSession():
            return reinstate(command, state)
        case EndWithSeries():
            return end_with_series(command, state)
        case _:
            assert_never(command)


def advise(command: Command, state: State) -> Sequence[Notice]:
    match command, state:
        case ((ScheduleSession() | ScheduleGroupSession() | RescheduleSession()), Scheduled()):
            return [
                *_of_its_time(command, state),
                *_of_other_sessions(command),
                *_of_consent(command),
            ]
        case EndSession(), Scheduled(started_at=None):
            return [ENDED_WITHOUT_START.at()]
        case _:
            return []


def _of_its_time(command: Command, session: Scheduled) -> Sequence[Notice]:
    past = session.starts_at < command.happened_at
    return [SESSION_IN_THE_PAST.at("/starts_at")] if past else []


def _of_other_sessions(
    command: ScheduleSession | ScheduleGroupSession | RescheduleSession,
) -> Sequence[Notice]:
    """Two at once may be meant: one of them may be a group's, or moved next."""
    return [SESSIONS_OVERLAP.at("/starts_at")] if command.overlaps else []


def _of_consent(command: Command) -> Sequence[Notice]:
    """They may still meet, if only to talk about it; and a no to treatment erases nothing."""
    said_no = isinstance(command, ScheduleSession) and command.treatment_withdrawn
    return [TREATMENT_CONSENT_WITHDRAWN.at("/patient_id")] if said_no else []


def _scheduled(state: State) -> Scheduled:
    if isinstance(state, Unscheduled):
        raise NotScheduled
    return state


decider: Decider[Command, State, Event] = Decider(Unscheduled(), evolve, decide, advise)
