"""T3, T8: the patient flies to another zone, and a plan's local times go along, or stay."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.testing.cast import NOW
from services.assignment.domain.assignment import Event, decider
from services.assignment.domain.homework import Homework
from services.assignment.domain.occurrences import OccurrencesScheduled
from services.assignment.domain.passing import PassTime
from services.assignment.domain.plan import PlanSpecified, SpecifyPlan
from services.assignment.domain.schedule import PartOfDay
from services.assignment.domain.timing import Timing
from services.assignment.domain.travelling import FollowPatient, PlanZoneChanged
from services.assignment.occurrence_view import OccurrenceView, of_occurrences
from tests.unit.assignment.cases import active, homework, told

EVENINGS = Timing(rule="scheduled", time_of_day=(time(20),))
NEW_YORK, TOKYO, LONDON = "America/New_York", "Asia/Tokyo", "Europe/London"
THURSDAY_NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def planned(timing: Timing) -> SpecifyPlan:
    return told(SpecifyPlan, timing=timing, patient_zone=LONDON)


def flown(zone: str, at: datetime, history: Any) -> list[Event]:
    command = told(FollowPatient, zone=zone, because="travelling", changed_at=at, at=at)
    return list(decider.decide(command, decider.fold(history)))


def shown(history: Any) -> list[OccurrenceView]:
    return list(of_occurrences(list(history)))


def local(each: OccurrenceView) -> time:
    return each.opens_at.astimezone(ZoneInfo(each.zone)).time()


in_london = active(planned(EVENINGS)).history


def test_t3_local_times_follow_the_patient() -> None:
    changed, renewed = flown(NEW_YORK, THURSDAY_NOON, in_london)
    assert changed == PlanZoneChanged(
        plan_version=1, zone=NEW_YORK, because="travelling", changed_at=THURSDAY_NOON
    )
    assert isinstance(renewed, OccurrencesScheduled)
    before, after = shown(in_london), shown([*in_london, changed, renewed])
    assert [each.id for each in after[:56]] == [each.id for each in before]
    assert after[:3] == before[:3], "the evenings that came stay as they were"
    assert {each.zone for each in after[3:]} == {NEW_YORK}
    assert {local(each) for each in after} == {time(20)}


@pytest.mark.parametrize(
    "timing",
    [
        Timing(rule="scheduled", time_of_day=(time(20),), travel="fixed_zone"),
        Timing(rule="scheduled", time_of_day=(time(20),), zone=LONDON),
    ],
    ids=["as the plan says", "as a zone was named"],
)
def test_t3_or_stay_in_their_zone(timing: Timing) -> None:
    assert flown(NEW_YORK, THURSDAY_NOON, active(planned(timing)).history) == []


def test_t3_a_named_zone_is_followed_from_where_that_is_said() -> None:
    timing = Timing(rule="scheduled", time_of_day=(time(20),), zone=LONDON, travel="follow_patient")
    assert flown(NEW_YORK, THURSDAY_NOON, active(planned(timing)).history)


def test_t3_the_policy_stands_on_the_plan() -> None:
    facts = homework(planned(EVENINGS)).history
    (plan,) = (fact for fact in facts if isinstance(fact, PlanSpecified))
    assert (plan.zone, plan.travel) == (LONDON, "follow_patient")


def test_t3_an_evening_that_the_flight_jumped_over_keeps_its_time() -> None:
    """At four in the afternoon in London, Tokyo is past midnight: its eight o'clock is over."""
    at = datetime(2026, 3, 5, 16, tzinfo=UTC)
    history = [*in_london, *flown(TOKYO, at, in_london)]
    thursday, friday = shown(history)[3:5]
    assert (thursday.zone, thursday.opens_at) == (LONDON, datetime(2026, 3, 5, 20, tzinfo=UTC))
    assert (friday.zone, friday.opens_at) == (TOKYO, datetime(2026, 3, 6, 11, tzinfo=UTC))


def test_t3_there_and_back_again_it_is_as_it_was() -> None:
    there = [*in_london, *flown(NEW_YORK, THURSDAY_NOON, in_london)]
    back = [*there, *flown(LONDON, THURSDAY_NOON + timedelta(hours=1), there)]
    assert shown(back)[:56] == shown(in_london)


def test_the_same_zone_again_changes_nothing() -> None:
    assert flown(LONDON, THURSDAY_NOON, in_london) == []


def test_without_a_plan_or_after_the_homework_nothing_travels() -> None:
    assert flown(NEW_YORK, THURSDAY_NOON, active().history) == []


ZONES = (LONDON, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", TOKYO)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 24 * 30), st.sampled_from(ZONES)), max_size=6),
    st.sampled_from([(time(0),), (time(8), time(20)), (time(2, 30),), ()]),
    st.sampled_from([("morning",), ("night",), ("evening", "afternoon")]),
)
def test_t8_wherever_the_patient_goes_each_day_is_asked_for_once(
    flights: list[tuple[int, str]], times: tuple[time, ...], parts: tuple[PartOfDay, ...]
) -> None:
    timing = Timing(rule="scheduled", time_of_day=times, part_of_day=() if times else parts)
    history = list(active(planned(timing)).history)
    at = NOW
    for hours, zone in flights:
        at += timedelta(hours=hours)
        history += decider.decide(told(PassTime, at=at), decider.fold(history))
        history += flown(zone, at, history)
    places = [(each.local_date, each.slot) for each in shown(history)]
    assert len(places) == len(set(places))
    assert all(each.due_at is not None and each.opens_at < each.due_at for each in shown(history))
    state = decider.fold(history)
    assert isinstance(state, Homework)
    again = decider.decide(told(PassTime, at=at), state)
    assert not [fact for fact in again if isinstance(fact, OccurrencesScheduled)]
