"""What time alone does: windows close and are missed, later ones come in sight."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from libs.testing.cast import NOW
from services.assignment.domain.assignment import Event, decider
from services.assignment.domain.due import MoveDue
from services.assignment.domain.homework import Homework, State
from services.assignment.domain.occurrences import OccurrencesScheduled
from services.assignment.domain.passing import MOST_AT_ONCE, OccurrenceExpired, PassTime, next_look
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.schedule import HORIZON, Frequency
from services.assignment.domain.timing import Timing
from services.assignment.occurrence_view import of_occurrences
from tests.unit.assignment.cases import SESSION_2, SESSION_3, active, told

DAILY = Timing(rule="scheduled", zone="Europe/London", time_of_day=(time(20),))
daily = active(told(SpecifyPlan, timing=DAILY)).history


def looked_at(history: list[Event], at: datetime) -> list[Event]:
    return list(decider.decide(told(PassTime, at=at), decider.fold(history)))


def at_rest(history: list[Event], at: datetime) -> list[Event]:
    """As the clock does: asked until nothing follows any more."""
    told_now = list(history)
    while facts := looked_at(told_now, at):
        told_now += facts
    return told_now


def state(history: Any) -> Homework:
    found = decider.fold(history)
    assert isinstance(found, Homework)
    return found


def statuses(history: Any) -> list[str]:
    return [each.status for each in of_occurrences(list(history))]


def test_nothing_follows_from_a_moment() -> None:
    assert looked_at(list(daily), NOW) == []


def test_a_window_that_closed_is_missed() -> None:
    tuesday = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    expired, *_ = looked_at(list(daily), tuesday)
    assert isinstance(expired, OccurrenceExpired)
    assert (expired.due_at, expired.expired_at) == (tuesday, tuesday)
    a_moment_before = looked_at(list(daily), tuesday - timedelta(seconds=1))
    assert not [fact for fact in a_moment_before if isinstance(fact, OccurrenceExpired)]


def test_told_twice_it_is_missed_once() -> None:
    wednesday = datetime(2026, 3, 4, 12, tzinfo=UTC)
    history = [*daily, *looked_at(list(daily), wednesday)]
    assert looked_at(history, wednesday) == []
    assert statuses(history).count("expired") == 2


def test_the_horizon_moves_on_and_no_day_is_left_out_or_told_twice() -> None:
    history = list(daily)
    after: State = decider.fold(history)
    for day in range(1, 400):
        facts = decider.decide(told(PassTime, at=NOW + timedelta(days=day)), after)
        after = decider.fold(facts, onto=after)
        history += facts
    told_of = [
        each.id
        for fact in history
        if isinstance(fact, OccurrencesScheduled)
        for each in fact.occurrences
    ]
    days = [each.local_date for each in of_occurrences(history)]
    assert len(told_of) == len(set(told_of))
    assert days == [date(2026, 3, 2) + timedelta(days=n) for n in range(399 + 56)]


def test_after_a_long_pause_the_clock_catches_up() -> None:
    """Beyond the horizon, too: what nobody was told of in time is missed all the same."""
    history = at_rest(list(daily), NOW + timedelta(days=100))
    assert statuses(history) == ["expired"] * 100 + ["scheduled"] * 56
    assert state(history).published_until == max(each.opens_at for each in of_occurrences(history))


def test_of_very_many_that_closed_some_are_told_at_once() -> None:
    often = told(
        SpecifyPlan,
        timing=Timing(rule="scheduled", zone="Europe/London"),
        frequency=Frequency(count=50, per="day"),
    )
    history = list(active(often).history)
    later = NOW + timedelta(days=10)
    expired = [f for f in looked_at(history, later) if isinstance(f, OccurrenceExpired)]
    assert len(expired) == MOST_AT_ONCE
    assert next_look(state([*history, *expired]), later) <= later  # type: ignore[operator]  # there is one
    assert statuses(at_rest(history, later)).count("expired") == 50 * 9


def test_what_may_be_done_at_any_time_before_a_session_gets_its_time_back_when_that_is_missed() -> (
    None
):
    """P4: the window closed with the session, and the session did not take place."""
    thrice = told(
        SpecifyPlan,
        timing=Timing(rule="n_times", zone="Europe/London"),
        frequency=Frequency(count=3, per="between_sessions"),
    )
    history = list(active(thrice).history)
    history += looked_at(history, SESSION_2.starts_at)
    assert statuses(history) == ["expired"] * 3
    move = told(
        MoveDue,
        named_session_id=None,
        meeting=SESSION_3,
        because="session_cancelled",
        at=SESSION_2.starts_at + timedelta(hours=1),
    )
    history += decider.decide(move, decider.fold(history))
    assert statuses(history) == ["scheduled"] * 3
    assert {each.due_at for each in of_occurrences(history)} == {SESSION_3.starts_at}


def test_t14_time_that_passes_for_one_leaves_the_others_alone() -> None:
    history = list(daily)
    first, *others = of_occurrences(history)
    history += looked_at(history, datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    after = {each.id: each for each in of_occurrences(history)}
    assert after[first.id].status == "expired"
    assert all(after[each.id] == each for each in others)


def test_the_clock_looks_again_when_the_next_window_closes_or_after_a_day() -> None:
    due = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert next_look(state(daily), NOW) == due
    far = active(told(SpecifyPlan, timing=replace(DAILY, on_date=date(2026, 12, 1)))).history
    assert next_look(state(far), NOW) == NOW + timedelta(days=1)
    never = active(told(SpecifyPlan, timing=Timing(rule="when_wanted"))).history
    assert looked_at(list(never), NOW + HORIZON) == []


def test_of_homework_without_a_plan_nothing_is_ever_seen_to() -> None:
    assert next_look(state(active().history), NOW) is None


def test_a_date_beyond_the_horizon_is_published_when_it_comes_in_sight() -> None:
    december = replace(DAILY, on_date=date(2026, 12, 1))
    history = list(active(told(SpecifyPlan, timing=december)).history)
    assert looked_at(history, datetime(2026, 10, 6, 19, tzinfo=UTC)) == []
    (published,) = looked_at(history, datetime(2026, 10, 6, 21, tzinfo=UTC))
    assert isinstance(published, OccurrencesScheduled)
