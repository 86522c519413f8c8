"""A therapy session: when a patient and a therapist meet.

Homework is defined by sessions: it is given at one and looked at in the next. What happened can
be told late and out of order, so the rules compare times in the world.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never

from libs.eventstore.decider import Advice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.moment import LocalMoment
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import (
    CancelledBy,
    CancelReason,
    Event,
    GroupId,
    GroupSessionScheduled,
    Minutes,
    SeriesId,
    SessionCancelled,
    SessionEnded,
    SessionId,
    SessionNoShowRecorded,
    SessionReinstated,
    SessionRescheduled,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.therapist import TherapistId

# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unscheduled:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    by: CancelledBy
    reason: CancelReason | None


@dataclass(frozen=True, slots=True)
class Missed:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """Of a patient or of a group. A session may have ended without anybody having told that it
    started. It is `off` while it is said to be cancelled or missed.
    """

    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    duration_min: int
    patient_id: PatientId | None = None
    group_id: GroupId | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    off: Cancelled | Missed | None = None

    @property
    def has_begun(self) -> bool:
        return self.started_at is not None or self.ended_at is not None


State = Unscheduled | Scheduled
Later = (
    SessionRescheduled
    | SessionStarted
    | SessionEnded
    | SessionCancelled
    | SessionNoShowRecorded
    | SessionReinstated
)


def evolve(state: State, event: Event) -> State:
    if isinstance(event, SessionScheduled | GroupSessionScheduled):
        return Scheduled(
            patient_id=event.patient_id if isinstance(event, SessionScheduled) else None,
            group_id=event.group_id if isinstance(event, GroupSessionScheduled) else None,
            therapist_id=event.therapist_id,
            starts_at=event.starts_at,
            zone=event.zone,
            duration_min=event.duration_min,
        )
    return _evolve(state, event) if isinstance(state, Scheduled) else state


def _evolve(session: Scheduled, event: Later) -> Scheduled:
    match event:
        case SessionRescheduled():
            return _moved(session, event)
        case SessionStarted():
            return replace(session, started_at=event.started_at)
        case SessionEnded():
            return replace(session, ended_at=event.ended_at)
        case SessionCancelled():
            return replace(session, off=Cancelled(by=event.cancelled_by, reason=event.reason))
        case SessionNoShowRecorded():
            return replace(session, off=Missed())
        case SessionReinstated():
            return replace(session, off=None)
        case _:
            assert_never(event)


def _moved(session: Scheduled, to: SessionRescheduled) -> Scheduled:
    return replace(session, starts_at=to.starts_at, zone=to.zone, duration_min=to.duration_min)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSession(Told):
    """`therapist_id` may be left out by the therapist who schedules. A session may lie in the
    past: then it is told late. The duration, in minutes, is the clinic's unless told. Where the
    patient has withdrawn their consent to treatment, or either of the two has another session at
    that time, a notice says so.
    """

    id: Annotated[SessionId, MINTED]
    patient_id: PatientId
    therapist_id: TherapistId | None = None
    starts_at: LocalMoment
    duration_min: Minutes | None = None
    clinic_duration_min: Annotated[int, LOOKED_UP]
    treatment_withdrawn: Annotated[bool, LOOKED_UP] = False
    overlaps: Annotated[bool, LOOKED_UP] = False
    series_id: Annotated[SeriesId | None, LOOKED_UP] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleGroupSession(Told):
    """`therapist_id` leads it, who is one of those who lead the group; the therapist who schedules
    may leave that out. Else as for one patient.
    """

    id: Annotated[SessionId, MINTED]
    group_id: GroupId
    therapist_id: TherapistId | None = None
    starts_at: LocalMoment
    duration_min: Minutes | None = None
    clinic_duration_min: Annotated[int, LOOKED_UP]
    overlaps: Annotated[bool, LOOKED_UP] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleSession(Told):
    """The duration stays unless told. Where the patient or the therapist has another session at
    that time, a notice says so.
    """

    starts_at: LocalMoment
    duration_min: Minutes | None = None
    overlaps: Annotated[bool, LOOKED_UP] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession(Told):
    """It started when the request says that it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession(Told):
    """It ended when the request says that it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSession(Told):
    """It was called off when the request says that it happened. Who called it off is who tells of
    it, unless said: a clinic's programs and admins tell for the clinic.
    """

    cancelled_by: CancelledBy | None = None
    reason: CancelReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNoShow(Told):
    """The patient did not come, as was certain when the request says that it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinstateSession(Told):
    """It is not cancelled, nor was it missed, after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWithSeries(Told):
    """Asked by a reaction when its series ended, which was when the request says."""

    cancelled_by: CancelledBy
    reason: CancelReason | None = None


Command = (
    ScheduleSession
    | ScheduleGroupSession
    | RescheduleSession
    | StartSession
    | EndSession
    | CancelSession
    | RecordNoShow
    | ReinstateSession
    | EndWithSeries
)


class NotScheduled(Rejected):
    """This session was never scheduled."""

    code = "not-scheduled"


class SessionScheduledOtherwise(Rejected):
    """This id is taken by a session of other people or at another time."""

    code = "session-scheduled-otherwise"


class SessionBegun(Rejected):
    """A session that has started or ended cannot be moved, cancelled or missed."""

    code = "session-begun"


class SessionOff(Rejected):
    """This session is cancelled, or was missed. If that is a mistake, it is reinstated first."""

    code = "session-off"


class OffOtherwise(Rejected):
    """It is off already, for another reason: it is reinstated before something else is said."""

    code = "session-off-otherwise"


class NotMissedYet(Rejected):
    """Nobody has missed a session before it was to start: mind the time, and the zone."""

    code = "not-missed-yet"
    pointer = "/occurred_at"


class EndBeforeStart(Rejected):
    """A session cannot end before it started."""

    code = "session-ends-before-it-starts"
    pointer = "/occurred_at"


SESSION_IN_THE_PAST = Advice("session-in-the-past", "The session starts before it was told of.")
SESSIONS_OVERLAP = Advice(
    "sessions-overlap", "The patient or the therapist has another session at this time."
)
TREATMENT_CONSENT_WITHDRAWN = Advice(
    "treatment-consent-withdrawn", "The patient has withdrawn their consent to treatment."
)
ENDED_WITHOUT_START = Advice("ended-without-start", "Nobody has told that this session started.")
