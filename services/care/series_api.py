"""Series of sessions over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.eventstore.decider import Rejected
from libs.eventstore.desk import Desk
from libs.eventstore.recorded import Recorded
from libs.web.commands import Commands, Edge, Fields, Preparing, Router
from services.care import access
from services.care.agenda import Slot
from services.care.domain import series
from services.care.domain.patient import PatientId
from services.care.domain.session_facts import CancelledBy, CancelReason, SeriesId
from services.care.domain.therapist import TherapistId
from services.care.sessions_api import LookUp

Series = Desk[series.Command, series.State, series.Event]

WRONG_CONTENT: tuple[type[Rejected], ...] = (
    series.SeriesLength,
    series.SeriesEndsBeforeItBegins,
    series.SeriesTooLong,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSeriesView:
    """What was agreed on, and whether it goes on; `sessions` as they were planned."""

    id: SeriesId
    patient_id: PatientId
    therapist_id: TherapistId
    zone: str
    every_weeks: int
    duration_min: int
    sessions: tuple[series.PlannedSession, ...]
    ended_at: datetime | None = None
    ended_by: CancelledBy | None = None
    end_reason: CancelReason | None = None


def of_series(history: Sequence[tuple[Recorded, series.Event]]) -> SessionSeriesView:
    (_, first), *later = history
    assert isinstance(first, series.SeriesScheduled)  # noqa: S101 - a stream begins with it
    view = SessionSeriesView(
        id=first.series_id,
        patient_id=first.patient_id,
        therapist_id=first.therapist_id,
        zone=first.zone,
        every_weeks=first.every_weeks,
        duration_min=first.duration_min,
        sessions=first.sessions,
    )
    for _, fact in later:
        if isinstance(fact, series.SeriesEnded):
            view = replace(
                view, ended_at=fact.ended_at, ended_by=fact.ended_by, end_reason=fact.reason
            )
    return view


def routes(edge: Edge, desk: Series, look: LookUp) -> Router:
    async def for_planning(asked: Preparing) -> Fields:
        fields = asked.fields
        planned = series.planned(
            SeriesId(asked.stream_uuid),
            fields["starts_at"],
            every=fields["every_weeks"],
            count=fields["count"],
            until=fields["until"],
        )
        return await look.between(
            asked,
            lambda minutes: [
                Slot(starts_at=each.starts_at, duration_min=minutes) for each in planned
            ],
            sessions=[each.session_id for each in planned],
        )

    on = Commands(edge, desk, subject=access.series_of)
    on.create(
        "/v1/session-series",
        series.ScheduleSeries,
        operation="scheduleSeries",
        grant=access.SCHEDULERS,
        prepare=for_planning,
        weight=5,
    )
    on.act(
        "/v1/session-series/{id}/ends",
        series.EndSeries,
        operation="endSeries",
        grant=access.SCHEDULERS,
    )
    on.show(
        "/v1/session-series/{id}",
        SessionSeriesView,
        of_series,
        operation="sessionSeries",
        grant=access.CONCERNED,
    )
    return on.router
