"""Windows in local time, through both changes of the clock, against another library's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignment.domain.schedule import (
    WEEK,
    Frequency,
    Occurrence,
    Schedule,
    Span,
    occurrences,
)
from services.assignment.domain.terms import AssignmentId, Day

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Asia/Tokyo",
)
HOMEWORK = AssignmentId(UUID(int=0xF1))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TWO_YEARS = timedelta(days=730)


def schedule(**fields: object) -> Schedule:
    said: dict[str, object] = {
        "assignment_id": HOMEWORK,
        "plan_version": 1,
        "rule": "scheduled",
        "zone": "Europe/London",
        "begins": MONDAY,
    }
    return Schedule(**(said | fields))  # type: ignore[arg-type]  # named in each case


def asked(of: Schedule, days: float = 56, *, due_at: datetime | None = None) -> list[Occurrence]:
    span = Span(since=of.begins, until=of.begins + timedelta(days=days))
    return occurrences(of, due_at=due_at, span=span)


def local(occurrence: Occurrence) -> datetime:
    return occurrence.opens_at.astimezone(ZoneInfo(occurrence.zone)).replace(tzinfo=None)


@pytest.mark.parametrize("rule", ["as_it_happens", "all_day", "when_wanted"])
def test_c14_what_is_made_when_it_happens_has_no_occurrences(rule: str) -> None:
    assert asked(schedule(rule=rule, times=(time(8),))) == []


def test_c14_a_schedule_without_any_day_or_number_asks_for_nothing() -> None:
    assert asked(schedule()) == []


def test_c32_once_on_a_date_at_a_time() -> None:
    once = schedule(on_date=date(2026, 3, 9), times=(time(11),))
    assert asked(once) == [
        Occurrence(
            id=asked(once)[0].id,
            local_date=date(2026, 3, 9),
            slot="11:00",
            opens_at=datetime(2026, 3, 9, 11, tzinfo=UTC),
            due_at=datetime(2026, 3, 10, tzinfo=UTC),
            zone="Europe/London",
        )
    ]


def test_t7_the_time_of_day_given_is_the_time_asked_for() -> None:
    daily = asked(schedule(times=(time(8), time(20, 30))), 3)
    assert [(each.slot, local(each).time()) for each in daily[:2]] == [
        ("20:30", time(20, 30)),
        ("08:00", time(8)),
    ]


def test_c14_daily_without_a_time_is_a_window_for_each_time_a_day() -> None:
    found = asked(schedule(frequency=Frequency(count=2, per="day")), 2)
    assert [(each.local_date.day, each.slot) for each in found] == [
        (3, "1"), (3, "2"), (4, "1"), (4, "2"),
    ]  # fmt: skip


def test_c14_parts_of_the_day_open_and_close() -> None:
    found = asked(schedule(parts=("morning", "night")), 1.6)
    assert [
        (each.slot, each.opens_at.hour, each.due_at and each.due_at.hour) for each in found
    ] == [
        ("night", 22, 6),
        ("morning", 6, 12),
        ("night", 22, 6),
    ]


def test_c14_so_many_times_a_week_is_a_wide_window_each() -> None:
    found = asked(schedule(rule="n_times", frequency=Frequency(count=3, per="week")), 8)
    assert [(each.local_date.day, each.slot) for each in found] == [
        (2, "1"), (2, "2"), (2, "3"), (9, "1"), (9, "2"), (9, "3"),
    ]  # fmt: skip
    assert found[0].opens_at == MONDAY
    assert {each.due_at for each in found[:3]} == {datetime(2026, 3, 9, tzinfo=UTC)}


def test_c14_so_many_times_between_sessions_lasts_until_the_session() -> None:
    thrice = schedule(rule="n_times", frequency=Frequency(count=3, per="between_sessions"))
    due_at = MONDAY + timedelta(days=7)
    found = asked(thrice, due_at=due_at)
    assert [(each.slot, each.opens_at, each.due_at) for each in found] == [
        (slot, MONDAY, due_at) for slot in "123"
    ]
    assert [each.due_at for each in asked(thrice)] == [None] * 3, "nothing expires"
    assert asked(thrice, due_at=MONDAY - timedelta(days=1)) == []


def test_c14_the_frequency_has_the_last_word() -> None:
    once = schedule(on_days=("wednesday",), frequency=Frequency(count=1, per="between_sessions"))
    assert [each.local_date for each in asked(once)] == [date(2026, 3, 4)]
    twice_a_week = schedule(
        on_days=("monday", "wednesday", "friday"), frequency=Frequency(count=2, per="week")
    )
    assert [each.local_date.day for each in asked(twice_a_week, 10)] == [4, 6, 9, 11]


def test_what_opened_before_it_began_is_not_asked_for() -> None:
    found = asked(schedule(times=(time(8), time(10))), 1)
    assert [each.slot for each in found] == ["10:00", "08:00"]


def test_t1_the_same_plan_has_the_same_occurrences_and_another_version_has_others() -> None:
    daily, longer = schedule(times=(time(8),)), asked(schedule(times=(time(8),)), 100)
    assert longer[: len(asked(daily))] == asked(daily)
    revised = asked(schedule(times=(time(8),), plan_version=2))
    assert {each.id for each in revised}.isdisjoint(each.id for each in longer)
    other = asked(schedule(times=(time(8),), assignment_id=AssignmentId(UUID(int=9))))
    assert {each.id for each in other}.isdisjoint(each.id for each in longer)


def test_looking_from_a_later_day_finds_the_same_occurrences() -> None:
    for each in (
        schedule(times=(time(8),), on_days=("monday", "friday"), every_weeks=3),
        schedule(rule="n_times", frequency=Frequency(count=2, per="week"), every_weeks=2),
        schedule(on_days=("monday",), frequency=Frequency(count=20, per="between_sessions")),
        schedule(on_days=("tuesday", "sunday"), frequency=Frequency(count=1, per="week")),
    ):
        whole = asked(each, 400)
        since = MONDAY + timedelta(days=200)
        later = occurrences(
            each, due_at=None, span=Span(since=since, until=MONDAY + timedelta(400))
        )
        assert [one for one in later if one.opens_at >= since] == [
            one for one in whole if one.opens_at >= since
        ]


def test_a_time_in_the_spring_gap_moves_forward_and_no_window_is_turned_around() -> None:
    in_the_gap = schedule(on_date=date(2026, 3, 29), times=(time(1, 30), time(2, 0)))
    first, second = asked(in_the_gap)
    assert (first.opens_at, second.opens_at) == (
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    )
    assert all(each.due_at and each.opens_at < each.due_at for each in (first, second))


def test_a_time_in_the_autumn_fold_is_the_first() -> None:
    in_the_fold = schedule(on_date=date(2026, 10, 25), times=(time(1, 30),), begins=MONDAY)
    (only,) = asked(in_the_fold, 300)
    assert only.opens_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    days=st.lists(st.sampled_from(WEEK), min_size=1, max_size=7, unique=True),
    every_weeks=st.integers(1, 4),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    first=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
def test_t2_t4_two_years_of_weeks_agree_with_another_calendar(
    zone: str, days: list[Day], every_weeks: int, at: time, first: date
) -> None:
    """T2: both clock changes, no gap, no duplicate. T4: every n weeks fires on the right weeks."""
    begins = datetime.combine(first, time(), ZoneInfo(zone)).astimezone(UTC)
    weekly = schedule(
        zone=zone, begins=begins, on_days=tuple(days), every_weeks=every_weeks, times=(at,)
    )
    expected = rrule.rrule(
        rrule.WEEKLY,
        interval=every_weeks,
        byweekday=[WEEK.index(day) for day in days],
        wkst=rrule.MO,
        dtstart=datetime.combine(first, time()),
        until=datetime.combine(first, time()) + TWO_YEARS - timedelta(days=1),
    )
    # Two years of local days: with a change of the clock in between they are an hour more or less.
    ends = datetime.combine(first, time(), ZoneInfo(zone)) + TWO_YEARS
    found = occurrences(weekly, due_at=None, span=Span(since=begins, until=ends.astimezone(UTC)))
    assert [each.local_date for each in found] == [each.date() for each in expected]
    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert _shifted(local(each), datetime.combine(each.local_date, at), zone)


def _shifted(shown: datetime, wanted: datetime, zone: str) -> bool:
    """The very local time, or, when it does not exist that day, that time moved past the gap."""
    exists = wanted.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    if exists.replace(tzinfo=None) == wanted:
        return shown == wanted
    return timedelta(0) < shown - wanted <= timedelta(hours=1)


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    times=st.lists(st.times(), min_size=1, max_size=6).map(
        lambda times: tuple(sorted({each.replace(second=0, microsecond=0) for each in times}))
    ),
)
def test_t2_windows_of_a_day_never_overlap_but_in_a_gap(zone: str, times: tuple[time, ...]) -> None:
    begins = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = sorted(
        asked(schedule(zone=zone, begins=begins, times=times), 365), key=lambda one: one.opens_at
    )
    assert all(each.due_at is not None and each.opens_at < each.due_at for each in found)
    for one, following in pairwise(found):
        assert one.due_at is not None
        assert one.due_at <= following.opens_at or one.opens_at == following.opens_at


def test_t13_without_a_schedule_there_is_no_day_and_no_year_one() -> None:
    for each in (
        schedule(),
        schedule(rule="when_wanted"),
        schedule(rule="n_times"),
        schedule(rule="as_it_happens", times=(time(8),), frequency=Frequency(count=1, per="day")),
    ):
        assert asked(each, 730) == []


def test_t6_what_is_asked_for_on_some_days_opens_on_no_other() -> None:
    on_mondays = asked(schedule(on_days=("monday",), times=(time(8), time(20))), 60)
    assert {each.local_date.weekday() for each in on_mondays} == {0}
    closing = [each.due_at.astimezone(ZoneInfo(each.zone)) for each in on_mondays if each.due_at]
    assert all(end.weekday() == 0 or end.time() == time(0) for end in closing)
