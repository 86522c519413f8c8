"""When this happened, request that: how the sessions of a series come to be, and to an end.

interlude.care.SeriesScheduled   →  ScheduleSession, for each day that was planned
interlude.care.SeriesEnded       →  EndWithSeries, for each: what is still to come is cancelled
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.reading import Fact
from libs.vocabulary.moment import LocalMoment
from services.care.domain.patient import PatientId
from services.care.domain.session import EndWithSeries, ScheduleSession
from services.care.domain.session_facts import CancelledBy, CancelReason, SeriesId, SessionId
from services.care.domain.therapist import TherapistId
from services.care.sessions_api import Sessions

CATEGORIES = frozenset({"series"})


class PlannedSession(Fact):
    session_id: UUID
    starts_local: datetime


class SeriesScheduled(Fact):
    series_id: UUID
    patient_id: UUID
    therapist_id: UUID
    zone: str
    duration_min: int
    sessions: tuple[PlannedSession, ...]


class SeriesEnded(Fact):
    session_ids: tuple[UUID, ...]
    ended_by: CancelledBy
    reason: CancelReason | None = None


def reactions(sessions: Sessions) -> Reactions:
    return {
        "interlude.care.SeriesScheduled.v1": [
            Reaction(
                name="schedule-sessions",
                reads=SeriesScheduled,
                wishes=lambda cause, kept: _scheduled(sessions, cause, kept),
            )
        ],
        "interlude.care.SeriesEnded.v1": [
            Reaction(
                name="end-sessions",
                reads=SeriesEnded,
                wishes=lambda cause, kept: _ended(sessions, cause, kept),
            )
        ],
    }


def _scheduled(
    sessions: Sessions, cause: Cause[SeriesScheduled], _kept: Connection
) -> Sequence[Wish]:
    fact = cause.fact
    return [
        Wish(
            desk=sessions,
            stream_uuid=each.session_id,
            creates=True,
            command=ScheduleSession(
                **cause.telling,
                id=SessionId(each.session_id),
                patient_id=PatientId(fact.patient_id),
                therapist_id=TherapistId(fact.therapist_id),
                starts_at=LocalMoment(local=each.starts_local, zone=fact.zone),
                duration_min=fact.duration_min,
                clinic_duration_min=fact.duration_min,
                series_id=SeriesId(fact.series_id),
            ),
        )
        for each in fact.sessions
    ]


def _ended(sessions: Sessions, cause: Cause[SeriesEnded], _kept: Connection) -> Sequence[Wish]:
    fact = cause.fact
    return [
        Wish(
            desk=sessions,
            stream_uuid=session_id,
            command=EndWithSeries(**cause.telling, cancelled_by=fact.ended_by, reason=fact.reason),
        )
        for session_id in fact.session_ids
    ]
