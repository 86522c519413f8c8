"""A series of sessions: two people meet at the same time by the wall clock, every so many weeks.

The series is what was agreed on. Each of its sessions is a stream of its own, which is moved,
cancelled, missed and held by itself; care's follower schedules them from the fact below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, assert_never
from uuid import uuid5

from annotated_types import Ge, Le

from libs.eventstore.decider import Decider, Notice, Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.moment import LocalMoment, WallClock
from services.care.domain.patient import PatientId
from services.care.domain.session import (
    SESSION_IN_THE_PAST,
    SESSIONS_OVERLAP,
    TREATMENT_CONSENT_WITHDRAWN,
)
from services.care.domain.session_facts import (
    CancelledBy,
    CancelReason,
    Minutes,
    SeriesId,
    SessionId,
)
from services.care.domain.session_told import cancelled_by, therapist_of
from services.care.domain.therapist import TherapistId

MOST_SESSIONS = 52
Weeks = Annotated[int, Ge(1), Le(12)]
Count = Annotated[int, Ge(1), Le(MOST_SESSIONS)]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """As it was planned; where it is now, the session itself says. Its id follows from series and
    day, so planning it again makes no other.
    """

    session_id: SessionId
    starts_local: WallClock
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesScheduled:
    """A patient and a therapist will meet at these times, by the wall clocks of `zone`."""

    series_id: SeriesId
    patient_id: PatientId
    therapist_id: TherapistId
    zone: str
    every_weeks: int
    duration_min: int
    sessions: tuple[PlannedSession, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEnded:
    """Whichever of its sessions is still to come is cancelled; what has begun, or is off already,
    stays as it is.
    """

    session_ids: tuple[SessionId, ...]
    ended_by: CancelledBy
    reason: CancelReason | None = None
    ended_at: datetime


Event = SeriesScheduled | SeriesEnded


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unscheduled:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    scheduled: SeriesScheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    scheduled: SeriesScheduled
    by: CancelledBy
    reason: CancelReason | None


State = Unscheduled | Running | Ended


def evolve(state: State, event: Event) -> State:
    match event:
        case SeriesScheduled():
            return Running(scheduled=event)
        case SeriesEnded():
            if isinstance(state, Unscheduled):
                return state
            return Ended(scheduled=state.scheduled, by=event.ended_by, reason=event.reason)
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSeries(Told):
    """The first session, and how it goes on: so many (`count`), or as long as they begin on
    `until` or before. It is always the same time by the wall clock, also once the clocks change.
    The sessions themselves are there a moment later.
    """

    id: Annotated[SeriesId, MINTED]
    patient_id: PatientId
    therapist_id: TherapistId | None = None
    starts_at: LocalMoment
    every_weeks: Weeks = 1
    count: Count | None = None
    until: date | None = None
    duration_min: Minutes | None = None
    clinic_duration_min: Annotated[int, LOOKED_UP]
    treatment_withdrawn: Annotated[bool, LOOKED_UP] = False
    overlaps: Annotated[bool, LOOKED_UP] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSeries(Told):
    """It ended when the request says that it happened; which sessions that leaves is counted from
    then.
    """

    ended_by: CancelledBy | None = None
    reason: CancelReason | None = None


Command = ScheduleSeries | EndSeries


class SeriesLength(Rejected):
    """Say how many sessions, or until when: one of the two, and not both."""

    code = "series-length"
    pointer = "/count"


class SeriesEndsBeforeItBegins(Rejected):
    """The last day of a series is not before its first."""

    code = "series-ends-before-it-begins"
    pointer = "/until"


class SeriesTooLong(Rejected):
    """A series has 52 sessions at most: end it earlier, and go on with another one."""

    code = "series-too-long"
    pointer = "/until"


class SeriesScheduledOtherwise(Rejected):
    """This id is taken by a series of other people, or at other times."""

    code = "series-scheduled-otherwise"


class SeriesNotScheduled(Rejected):
    """This series was never scheduled."""

    code = "series-not-scheduled"


# --- Rules. ---


def planned(
    series_id: SeriesId, first: LocalMoment, *, every: int, count: int | None, until: date | None
) -> Sequence[PlannedSession]:
    """Raises `SeriesLength`, `SeriesEndsBeforeItBegins` and `SeriesTooLong`."""
    locals_ = [
        first.local + timedelta(weeks=every * number)
        for number in range(_how_many(first.local.date(), every, count, until))
    ]
    return [
        PlannedSession(
            session_id=SessionId(uuid5(series_id, local.date().isoformat())),
            starts_local=local,
            starts_at=LocalMoment(local=local, zone=first.zone).instant(),
        )
        for local in locals_
    ]


def _how_many(first: date, every: int, count: int | None, until: date | None) -> int:
    if (count is None) == (until is None):
        raise SeriesLength
    if until is None:
        return count or 0
    if until < first:
        raise SeriesEndsBeforeItBegins
    found = (until - first).days // (7 * every) + 1
    if found > MOST_SESSIONS:
        raise SeriesTooLong
    return found


def schedule(command: ScheduleSeries, state: State) -> Sequence[Event]:
    sessions = planned(
        command.id,
        command.starts_at,
        every=command.every_weeks,
        count=command.count,
        until=command.until,
    )
    scheduled = SeriesScheduled(
        series_id=command.id,
        patient_id=command.patient_id,
        therapist_id=therapist_of(command.therapist_id, command),
        zone=command.starts_at.zone,
        every_weeks=command.every_weeks,
        duration_min=command.duration_min or command.clinic_duration_min,
        sessions=tuple(sessions),
    )
    if isinstance(state, Unscheduled):
        return [scheduled]
    if state.scheduled != scheduled:
        raise SeriesScheduledOtherwise
    return []


def end(command: EndSeries, state: State) -> Sequence[Event]:
    if isinstance(state, Unscheduled):
        raise SeriesNotScheduled
    if isinstance(state, Ended):
        return []
    return [
        SeriesEnded(
            session_ids=tuple(each.session_id for each in state.scheduled.sessions),
            ended_by=cancelled_by(command.ended_by, command),
            reason=command.reason,
            ended_at=command.happened_at,
        )
    ]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case ScheduleSeries():
            return schedule(command, state)
        case EndSeries():
            return end(command, state)
        case _:
            assert_never(command)


def advise(command: Command, _state: State) -> Sequence[Notice]:
    if isinstance(command, EndSeries):
        return []
    said = {
        SESSION_IN_THE_PAST.at("/starts_at"): command.starts_at.instant() < command.happened_at,
        SESSIONS_OVERLAP.at("/starts_at"): command.overlaps,
        TREATMENT_CONSENT_WITHDRAWN.at("/patient_id"): command.treatment_withdrawn,
    }
    return [notice for notice, holds in said.items() if holds]


decider: Decider[Command, State, Event] = Decider(Unscheduled(), evolve, decide, advise)
