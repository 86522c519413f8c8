"""How late a reader is, said so that it is true for one that stands still, too."""

from datetime import datetime, timedelta

import pytest

from libs.eventstore.lagging import Lag
from libs.messaging.broker import Partition
from libs.testing.cast import NOW

HERE, THERE = Partition("interlude.care.events.v1", 0), Partition("interlude.care.events.v1", 1)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lag(clock: Clock) -> Lag:
    return Lag(clock.now)


def test_who_has_read_all_is_not_late(lag: Lag) -> None:
    lag.looked({HERE: 7}, {HERE: 7})
    assert lag.seconds() == 0


def test_one_new_fact_after_a_quiet_weekend_is_not_two_days_late(lag: Lag, clock: Clock) -> None:
    lag.applied(NOW - timedelta(days=2))
    lag.looked({HERE: 7}, {HERE: 7})
    clock.seconds = 5
    lag.looked({HERE: 7}, {HERE: 8})
    assert lag.seconds() == 5


def test_who_stands_still_is_later_every_second(lag: Lag, clock: Clock) -> None:
    lag.looked({HERE: 7}, {HERE: 7})
    for clock.seconds in (5, 10, 15):
        lag.looked({HERE: 7}, {HERE: 9 + int(clock.seconds)})
    clock.seconds = 18
    assert lag.seconds() == 18


def test_who_does_not_even_look_any_more_is_stuck(lag: Lag, clock: Clock) -> None:
    lag.looked({HERE: 7}, {HERE: 7})
    clock.seconds = 14
    assert lag.seconds() == 0
    clock.seconds = 60
    assert lag.seconds() == 60


def test_under_steady_load_who_keeps_up_is_not_late(lag: Lag, clock: Clock) -> None:
    lag.looked({HERE: 7}, {HERE: 9})
    assert lag.seconds() == 0
    clock.seconds = 3
    assert (lag.events, lag.seconds()) == (2, 3)
    lag.moved({HERE: 9})
    assert (lag.events, lag.seconds()) == (0, 0)


def test_it_is_as_late_as_the_first_look_that_it_has_not_come_past(lag: Lag, clock: Clock) -> None:
    for clock.seconds in (0, 5, 10):
        lag.looked({HERE: 0}, {HERE: 1 + int(clock.seconds)})
    lag.moved({HERE: 6})
    clock.seconds = 12
    assert lag.seconds() == 7


def test_one_late_partition_makes_it_late(lag: Lag, clock: Clock) -> None:
    clock.seconds = 5
    lag.looked({HERE: 9, THERE: 3}, {HERE: 9, THERE: 4})
    assert lag.seconds() == 5


def test_a_partition_that_another_process_took_is_not_waited_for(lag: Lag, clock: Clock) -> None:
    lag.looked({HERE: 9, THERE: 3}, {HERE: 9, THERE: 4})
    lag.moved({HERE: 9})
    clock.seconds = 5
    assert lag.seconds() == 0


def test_who_begins_with_everything_before_them_is_as_late_as_what_they_read(
    lag: Lag, clock: Clock
) -> None:
    lag.looked({HERE: 0}, {HERE: 1000})
    lag.applied(NOW - timedelta(days=10))
    clock.seconds = 1
    assert lag.seconds() == 10 * 86400 + 1
