"""A series of sessions: always the same time by the wall clock, each session a thing of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from dateutil.rrule import WEEKLY, rrule
from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.decider import Notice, Rejected
from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.moment import LocalMoment, in_zone
from services.care.domain import session_rules
from services.care.domain.patient import PatientId
from services.care.domain.series import (
    Command,
    EndSeries,
    Event,
    PlannedSession,
    ScheduleSeries,
    SeriesEnded,
    SeriesEndsBeforeItBegins,
    SeriesLength,
    SeriesNotScheduled,
    SeriesScheduled,
    SeriesScheduledOtherwise,
    SeriesTooLong,
    State,
    decider,
    planned,
)
from services.care.domain.session import EndWithSeries
from services.care.domain.session_facts import Event as SessionEvent
from services.care.domain.session_facts import (
    SeriesId,
    SessionCancelled,
    SessionEnded,
    SessionNoShowRecorded,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.therapist import TherapistId

SERIES = SeriesId(UUID(int=7))
FIRST = LocalMoment(local=datetime(2026, 3, 19, 16, 0), zone="Europe/London")  # noqa: DTZ001 - a local time
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago"]

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
weekly = ScheduleSeries(
    by=THERAPIST,
    happened_at=NOW,
    now=NOW,
    id=SERIES,
    patient_id=PatientId(MASHA),
    starts_at=FIRST,
    count=3,
    clinic_duration_min=50,
)
scheduled = SeriesScheduled(
    series_id=SERIES,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    zone="Europe/London",
    every_weeks=1,
    duration_min=50,
    sessions=tuple(planned(SERIES, FIRST, every=1, count=3, until=None)),
)
ended = SeriesEnded(
    session_ids=tuple(each.session_id for each in scheduled.sessions),
    ended_by="therapist",
    ended_at=NOW,
)
end = EndSeries(by=THERAPIST, happened_at=NOW, now=NOW)


def days(sessions: tuple[PlannedSession, ...]) -> list[date]:
    return [each.starts_local.date() for each in sessions]


def test_c02_four_o_clock_stays_four_o_clock_when_the_clocks_change() -> None:
    nothing_yet.when(weekly).then(scheduled)
    assert [each.starts_at for each in scheduled.sessions] == [
        datetime(2026, 3, 19, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 26, 16, 0, tzinfo=UTC),
        datetime(2026, 4, 2, 15, 0, tzinfo=UTC),
    ]


@given(
    zone=st.sampled_from(ZONES),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - local times
    every=st.integers(1, 12),
    count=st.integers(1, 52),
)
def test_c02_t2_t4_t7_a_series_falls_on_the_right_weeks_at_its_time_through_both_clock_changes(
    zone: str, first: datetime, every: int, count: int
) -> None:
    moment = LocalMoment(local=first, zone=zone)
    sessions = planned(SERIES, moment, every=every, count=count, until=None)
    assert [each.starts_local for each in sessions] == [
        each.replace(microsecond=first.microsecond)
        for each in rrule(WEEKLY, dtstart=first, interval=every, count=count)
    ]
    assert len({each.session_id for each in sessions}) == count
    for each in sessions:
        seen = in_zone(each.starts_at, zone).replace(tzinfo=None)
        in_a_gap = seen - each.starts_local
        assert in_a_gap in {timedelta(0), timedelta(minutes=30), timedelta(hours=1)}
        assert in_a_gap == timedelta(0) or seen.date() == each.starts_local.date()


def test_c02_until_is_the_last_day_on_which_a_session_may_begin() -> None:
    every_two = {"every": 2, "count": None}
    for until, count in [(date(2026, 4, 2), 2), (date(2026, 4, 1), 1), (FIRST.local.date(), 1)]:
        assert len(planned(SERIES, FIRST, until=until, **every_two)) == count  # type: ignore[arg-type]  # one of them is None


def test_c02_a_session_keeps_its_id_however_many_follow() -> None:
    short = planned(SERIES, FIRST, every=1, count=2, until=None)
    long = planned(SERIES, FIRST, every=1, count=52, until=None)
    other = planned(SeriesId(UUID(int=8)), FIRST, every=1, count=2, until=None)
    assert list(short) == list(long[:2])
    assert {each.session_id for each in short}.isdisjoint(each.session_id for each in other)


@pytest.mark.parametrize(
    ("count", "until", "refused"),
    [
        (None, None, SeriesLength),
        (3, date(2026, 6, 1), SeriesLength),
        (None, date(2026, 3, 18), SeriesEndsBeforeItBegins),
        (None, date(2027, 3, 18), SeriesTooLong),
    ],
    ids=["no length", "two lengths", "ends before it begins", "53 sessions"],
)
def test_c02_how_long_a_series_is_makes_sense(
    count: int | None, until: date | None, refused: type[Rejected]
) -> None:
    nothing_yet.when(replace(weekly, count=count, until=until)).then_rejected(refused)


def test_c02_a_year_of_weeks_is_a_series() -> None:
    year = planned(SERIES, FIRST, every=1, count=None, until=date(2027, 3, 17))
    assert len(year) == 52


def test_scheduling_the_same_series_again_changes_nothing() -> None:
    nothing_yet.given(scheduled).when(weekly).then_nothing_changes()
    nothing_yet.given(scheduled, ended).when(weekly).then_nothing_changes()
    nothing_yet.given(scheduled).when(replace(weekly, count=4)).then_rejected(
        SeriesScheduledOtherwise
    )
    nothing_yet.given(scheduled).when(
        replace(weekly, therapist_id=TherapistId(BORIS))
    ).then_rejected(SeriesScheduledOtherwise)


def test_c02_whoever_ends_a_series_says_so_once() -> None:
    nothing_yet.given(scheduled).when(end).then(ended)
    nothing_yet.given(scheduled, ended).when(end).then_nothing_changes()
    nothing_yet.when(end).then_rejected(SeriesNotScheduled)
    admin = Actor(person_id=UUID(int=9), role="clinic_admin")
    nothing_yet.given(scheduled).when(replace(end, by=admin)).then(
        replace(ended, ended_by="clinic")
    )


def test_what_a_clinician_should_know_of_a_series_is_said() -> None:
    def said(command: Command) -> list[Notice]:
        return list(decider.advise(command, decider.fold([scheduled])))

    assert said(weekly) == []
    assert said(end) == []
    assert said(replace(weekly, overlaps=True, treatment_withdrawn=True)) == [
        Notice("sessions-overlap", "/starts_at"),
        Notice("treatment-consent-withdrawn", "/patient_id"),
    ]
    late = replace(weekly, happened_at=NOW + timedelta(days=60))
    assert said(late) == [Notice("session-in-the-past", "/starts_at")]


# --- What the end of a series makes of one of its sessions. ---

SESSION = SessionScheduled(
    session_id=scheduled.sessions[0].session_id,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    starts_at=NOW + timedelta(days=7),
    zone="Europe/London",
    duration_min=50,
    series_id=SERIES,
)
ends_with_it = EndWithSeries(
    by=THERAPIST, happened_at=NOW, now=NOW, cancelled_by="therapist", reason="holiday"
)


def of_a_session(*history: SessionEvent, at: datetime = NOW) -> list[SessionEvent]:
    state = session_rules.decider.fold(history)
    return list(session_rules.decider.decide(replace(ends_with_it, happened_at=at), state))


def test_c02_a_session_that_is_still_to_come_is_cancelled_with_its_series() -> None:
    assert of_a_session(SESSION) == [
        SessionCancelled(cancelled_by="therapist", reason="holiday", cancelled_at=NOW)
    ]


@pytest.mark.parametrize(
    "became",
    [
        SessionStarted(started_at=NOW),
        SessionEnded(ended_at=NOW),
        SessionCancelled(cancelled_by="patient", cancelled_at=NOW),
        SessionNoShowRecorded(noticed_at=NOW),
    ],
)
def test_c02_whatever_has_become_of_a_session_stays(became: SessionEvent) -> None:
    assert of_a_session(SESSION, became) == []


def test_c02_a_session_that_lies_behind_is_not_cancelled_with_its_series() -> None:
    assert of_a_session(SESSION, at=SESSION.starts_at) == []
