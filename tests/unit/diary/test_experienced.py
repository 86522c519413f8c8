"""How much later it was written down, in the patient's own days and through clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.diary.domain.experienced import Experienced, is_ahead, recording_mode


def lived(moment: str) -> Experienced:
    return Experienced(start=datetime.fromisoformat(moment))


@pytest.mark.parametrize(
    ("experienced", "recorded", "zone", "mode"),
    [
        # On a Monday in London.
        ("2026-03-02T11:00:00Z", "2026-03-02T11:30:00Z", "Europe/London", "in_the_moment"),
        ("2026-03-02T11:00:00Z", "2026-03-02T11:30:01Z", "Europe/London", "same_day"),
        ("2026-03-02T11:00:00Z", "2026-03-02T23:59:00Z", "Europe/London", "same_day"),
        ("2026-03-02T11:00:00Z", "2026-03-03T00:00:00Z", "Europe/London", "retrospective"),
        # Midnight lies elsewhere: ten in the evening UTC is already tomorrow in Tokyo.
        ("2026-03-02T22:00:00Z", "2026-03-03T05:00:00Z", "Asia/Tokyo", "same_day"),
        ("2026-03-02T14:00:00Z", "2026-03-02T15:30:00Z", "Asia/Tokyo", "retrospective"),
        ("2026-03-02T23:00:00Z", "2026-03-03T04:00:00Z", "America/Lima", "same_day"),
        # Half an hour counts across midnight too.
        ("2026-03-02T23:50:00Z", "2026-03-03T00:15:00Z", "Europe/London", "in_the_moment"),
        # Spring: 23 hours lie between two midnights; autumn: 25.
        ("2026-03-29T00:30:00Z", "2026-03-29T22:30:00Z", "Europe/London", "same_day"),
        ("2026-03-29T00:30:00Z", "2026-03-29T23:30:00Z", "Europe/London", "retrospective"),
        ("2026-10-24T23:30:00Z", "2026-10-25T23:30:00Z", "Europe/London", "same_day"),
        # The hour that the autumn clock repeats: an hour passed, whatever the clock says.
        ("2026-10-25T01:30:00+01:00", "2026-10-25T01:40:00Z", "Europe/London", "same_day"),
        ("2026-10-25T01:30:00Z", "2026-10-25T01:40:00Z", "Europe/London", "in_the_moment"),
        # Lord Howe Island moves its clocks by half an hour.
        ("2026-04-04T14:50:00Z", "2026-04-04T15:30:00Z", "Australia/Lord_Howe", "same_day"),
        # What a fast clock puts ahead was written in the moment.
        ("2026-03-02T11:00:00Z", "2026-03-02T10:00:00Z", "Europe/London", "in_the_moment"),
    ],
)
def test_the_lag_says_how_it_was_recorded(
    experienced: str, recorded: str, zone: str, mode: str
) -> None:
    assert (
        recording_mode(
            lived(experienced), zone=zone, recorded=datetime.fromisoformat(recorded), on_paper=None
        )
        == mode
    )


def test_the_lag_counts_from_the_end_of_what_was_lived_through() -> None:
    long_talk = Experienced(
        start=datetime(2026, 3, 2, 9, tzinfo=UTC), end=datetime(2026, 3, 2, 11, tzinfo=UTC)
    )
    recorded = datetime(2026, 3, 2, 11, 20, tzinfo=UTC)
    mode = recording_mode(long_talk, zone="Europe/London", recorded=recorded, on_paper=None)
    assert mode == "in_the_moment"


def test_what_stood_on_paper_says_so_however_late_it_is_typed() -> None:
    experienced = lived("2026-03-02T11:00:00Z")
    typed = experienced.start + timedelta(days=4)
    mode = recording_mode(
        experienced, zone="Europe/London", recorded=typed, on_paper=experienced.start
    )
    assert mode == "written_on_paper"


instants = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 - made aware below
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - made aware below
    timezones=st.just(UTC),
)
zones = st.sampled_from(["Europe/London", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"])


@given(instants, st.timedeltas(timedelta(0), timedelta(days=3)), zones)
def test_waiting_longer_never_makes_it_fresher(moment: datetime, lag: timedelta, zone: str) -> None:
    order = ["in_the_moment", "same_day", "retrospective"]
    experienced = Experienced(start=moment)
    sooner = recording_mode(experienced, zone=zone, recorded=moment + lag, on_paper=None)
    later = recording_mode(experienced, zone=zone, recorded=moment + 2 * lag, on_paper=None)
    assert order.index(sooner) <= order.index(later)


@given(instants, st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_only_what_is_more_than_five_minutes_ahead_is_uncertain(
    recorded: datetime, ahead: timedelta
) -> None:
    assert is_ahead(recorded + ahead, recorded) == (ahead > timedelta(minutes=5))
