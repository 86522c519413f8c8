"""What GET shows of a session."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from libs.vocabulary.moment import WallClock
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import (
    CancelledBy,
    CancelReason,
    Event,
    GroupId,
    GroupSessionScheduled,
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
from services.care.view import History, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """`starts_local` in `zone` is what was agreed on, `starts_at` which instant that is."""

    id: SessionId
    patient_id: PatientId | None
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    starts_local: WallClock | None
    duration_min: int
    status: Literal["scheduled", "started", "ended", "cancelled", "no_show"] = "scheduled"
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_by: CancelledBy | None = None
    cancel_reason: CancelReason | None = None
    series_id: SeriesId | None = None
    group_id: GroupId | None = None


def of_session(history: History[Event]) -> SessionView:
    return folded(history, _after)


def _after(view: SessionView | None, fact: Event) -> SessionView | None:
    if isinstance(fact, SessionScheduled | GroupSessionScheduled):
        return _scheduled(fact)
    match fact, view:
        case SessionRescheduled(), SessionView():
            return replace(
                view,
                starts_at=fact.starts_at,
                zone=fact.zone,
                starts_local=fact.starts_local,
                duration_min=fact.duration_min,
            )
        case SessionStarted(), SessionView():
            status = view.status if view.status == "ended" else "started"
            return replace(view, status=status, started_at=fact.started_at)
        case SessionEnded(), SessionView():
            return replace(view, status="ended", ended_at=fact.ended_at)
        case _, SessionView():
            return _called_off(view, fact)
        case _:
            return view


def _scheduled(fact: SessionScheduled | GroupSessionScheduled) -> SessionView:
    return SessionView(
        id=fact.session_id,
        patient_id=fact.patient_id if isinstance(fact, SessionScheduled) else None,
        group_id=fact.group_id if isinstance(fact, GroupSessionScheduled) else None,
        therapist_id=fact.therapist_id,
        starts_at=fact.starts_at,
        zone=fact.zone,
        starts_local=fact.starts_local,
        duration_min=fact.duration_min,
        series_id=fact.series_id if isinstance(fact, SessionScheduled) else None,
    )


def _called_off(view: SessionView, fact: Event) -> SessionView:
    """A session that has begun cannot be off, so what is reinstated is scheduled."""
    match fact:
        case SessionCancelled():
            return replace(
                view,
                status="cancelled",
                cancelled_by=fact.cancelled_by,
                cancel_reason=fact.reason,
            )
        case SessionNoShowRecorded():
            return replace(view, status="no_show")
        case SessionReinstated():
            return replace(view, status="scheduled", cancelled_by=None, cancel_reason=None)
        case _:
            return view
