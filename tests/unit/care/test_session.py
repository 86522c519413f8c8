"""Sessions are scheduled, moved, started and ended, also when this is told late (C02)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.moment import LocalMoment
from services.care.domain.patient import PatientId
from services.care.domain.session import (
    Command,
    EndBeforeStart,
    EndSession,
    Event,
    NotScheduled,
    RescheduleSession,
    ScheduleSession,
    SessionBegun,
    SessionEnded,
    SessionId,
    SessionRescheduled,
    SessionScheduled,
    SessionScheduledOtherwise,
    SessionStarted,
    StartSession,
    State,
    TherapistNeeded,
    decider,
)
from services.care.domain.therapist import TherapistId

FOUR_O_CLOCK = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
scheduled = SessionScheduled(
    session_id=SessionId(UUID(int=1)),
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    starts_at=FOUR_O_CLOCK,
    zone="Europe/London",
    duration_min=50,
    starts_local=datetime(2026, 3, 5, 16, 0),  # noqa: DTZ001 - a local time
)
started = SessionStarted(started_at=FOUR_O_CLOCK)
ended = SessionEnded(ended_at=FOUR_O_CLOCK + timedelta(minutes=50))
schedule = ScheduleSession(
    by=THERAPIST,
    happened_at=NOW,
    now=NOW,
    id=SessionId(UUID(int=1)),
    patient_id=PatientId(MASHA),
    starts_at=LocalMoment(local=datetime(2026, 3, 5, 16, 0), zone="Europe/London"),  # noqa: DTZ001 - a local time
    clinic_duration_min=50,
)
friday = LocalMoment(local=datetime(2026, 3, 6, 10, 0), zone="Europe/London")  # noqa: DTZ001 - a local time


def start(at: datetime) -> StartSession:
    return StartSession(by=THERAPIST, happened_at=at, now=at)


def end(at: datetime) -> EndSession:
    return EndSession(by=THERAPIST, happened_at=at, now=at)


def move(to: LocalMoment) -> RescheduleSession:
    return RescheduleSession(by=THERAPIST, happened_at=NOW, now=NOW, starts_at=to)


def notices(command: Command, *history: Event) -> list[Notice]:
    before = decider.fold(history)
    after = decider.fold(decider.decide(command, before), onto=before)
    return list(decider.advise(command, after))


def test_a_therapist_schedules_a_session_of_their_own() -> None:
    nothing_yet.when(schedule).then(scheduled)


def test_the_clinics_length_gives_way_to_one_that_is_told() -> None:
    nothing_yet.when(replace(schedule, duration_min=90)).then(replace(scheduled, duration_min=90))


def test_somebody_else_says_whose_session_it_is() -> None:
    admin = Actor(person_id=UUID(int=9), role="clinic_admin")
    nothing_yet.when(replace(schedule, by=admin)).then_rejected(TherapistNeeded)
    nothing_yet.when(replace(schedule, by=admin, therapist_id=TherapistId(ANNA))).then(scheduled)


def test_four_o_clock_is_four_o_clock_on_both_sides_of_the_clock_change() -> None:
    summer = LocalMoment(local=datetime(2026, 4, 2, 16, 0), zone="Europe/London")  # noqa: DTZ001 - a local time
    nothing_yet.when(replace(schedule, starts_at=summer)).then(
        replace(
            scheduled,
            starts_at=datetime(2026, 4, 2, 15, 0, tzinfo=UTC),
            starts_local=summer.local,
        )
    )


def test_a_time_that_the_clocks_leave_out_is_kept_as_it_was_agreed() -> None:
    in_the_gap = LocalMoment(local=datetime(2026, 3, 29, 1, 30), zone="Europe/London")  # noqa: DTZ001 - a local time
    nothing_yet.given(scheduled).when(move(in_the_gap)).then(
        SessionRescheduled(
            starts_at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
            zone="Europe/London",
            duration_min=50,
            starts_local=in_the_gap.local,
        )
    )


def test_scheduling_the_same_again_changes_nothing() -> None:
    nothing_yet.given(scheduled, started, ended).when(schedule).then_nothing_changes()


def test_an_id_is_not_used_for_another_session() -> None:
    nothing_yet.given(scheduled).when(
        replace(schedule, therapist_id=TherapistId(BORIS))
    ).then_rejected(SessionScheduledOtherwise)


def test_a_session_may_be_told_late_and_it_is_said_so() -> None:
    late = replace(schedule, happened_at=FOUR_O_CLOCK + timedelta(days=1))
    nothing_yet.when(late).then(scheduled)
    assert notices(late) == [Notice("session-in-the-past", "/starts_at")]
    assert notices(schedule) == []


def test_a_session_moves_and_keeps_its_length() -> None:
    nothing_yet.given(scheduled).when(move(friday)).then(
        SessionRescheduled(
            starts_at=datetime(2026, 3, 6, 10, 0, tzinfo=UTC),
            zone="Europe/London",
            duration_min=50,
            starts_local=friday.local,
        )
    )


def test_moving_a_session_to_where_it_is_changes_nothing() -> None:
    nothing_yet.given(scheduled, started).when(move(schedule.starts_at)).then_nothing_changes()


@pytest.mark.parametrize("begun", [started, ended])
def test_what_has_begun_does_not_move(begun: SessionStarted | SessionEnded) -> None:
    nothing_yet.given(scheduled, begun).when(move(friday)).then_rejected(SessionBegun)


def test_a_session_starts_and_ends() -> None:
    nothing_yet.given(scheduled).when(start(FOUR_O_CLOCK)).then(started)
    nothing_yet.given(scheduled, started).when(end(ended.ended_at)).then(ended)


def test_starting_and_ending_twice_change_nothing() -> None:
    held = nothing_yet.given(scheduled, started, ended)
    held.when(start(FOUR_O_CLOCK + timedelta(minutes=1))).then_nothing_changes()
    held.when(end(FOUR_O_CLOCK + timedelta(hours=2))).then_nothing_changes()


def test_a_session_does_not_end_before_it_started() -> None:
    early = FOUR_O_CLOCK - timedelta(minutes=1)
    nothing_yet.given(scheduled, started).when(end(early)).then_rejected(EndBeforeStart)


def test_an_end_may_be_told_before_the_start_which_then_lies_before_it() -> None:
    told_ended = nothing_yet.given(scheduled, ended)
    told_ended.when(start(FOUR_O_CLOCK)).then(started)
    told_ended.when(start(FOUR_O_CLOCK + timedelta(hours=2))).then_rejected(EndBeforeStart)


def test_an_end_without_a_start_is_noticed() -> None:
    assert notices(end(ended.ended_at), scheduled) == [Notice("ended-without-start")]
    assert notices(end(ended.ended_at), scheduled, started) == []


@pytest.mark.parametrize("command", [start(NOW), end(NOW), move(friday)])
def test_nothing_happens_to_a_session_that_was_never_scheduled(command: Command) -> None:
    nothing_yet.when(command).then_rejected(NotScheduled)


def test_the_edges_belong_to_what_is_allowed() -> None:
    at_once = end(FOUR_O_CLOCK)
    nothing_yet.given(scheduled, started).when(at_once).then(SessionEnded(ended_at=FOUR_O_CLOCK))
    told_ended = nothing_yet.given(scheduled, ended)
    told_ended.when(start(ended.ended_at)).then(SessionStarted(started_at=ended.ended_at))
    assert notices(replace(schedule, happened_at=FOUR_O_CLOCK)) == []
