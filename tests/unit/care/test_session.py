"""Sessions are scheduled, moved, started and ended, or do not take place, also when this is told
late (C02).
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from libs.vocabulary.moment import LocalMoment
from services.care.domain.patient import PatientId
from services.care.domain.session import (
    CancelSession,
    Command,
    EndBeforeStart,
    EndSession,
    NotMissedYet,
    NotScheduled,
    OffOtherwise,
    RecordNoShow,
    ReinstateSession,
    RescheduleSession,
    ScheduleGroupSession,
    ScheduleSession,
    SessionBegun,
    SessionOff,
    SessionScheduledOtherwise,
    StartSession,
    State,
)
from services.care.domain.session_facts import (
    Event,
    GroupId,
    GroupSessionScheduled,
    SessionCancelled,
    SessionEnded,
    SessionId,
    SessionNoShowRecorded,
    SessionReinstated,
    SessionRescheduled,
    SessionScheduled,
    SessionStarted,
)
from services.care.domain.session_rules import decider
from services.care.domain.session_told import CancelledByThemselves, TherapistNeeded
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


PATIENT = Actor(person_id=MASHA, role="patient")
ADMIN = Actor(person_id=UUID(int=9), role="clinic_admin")
cancelled = SessionCancelled(cancelled_by="therapist", reason="illness", cancelled_at=NOW)
missed = SessionNoShowRecorded(noticed_at=FOUR_O_CLOCK + timedelta(minutes=20))
reinstated = SessionReinstated(reinstated_at=NOW)
cancel = CancelSession(by=THERAPIST, happened_at=NOW, now=NOW, reason="illness")
miss = RecordNoShow(by=THERAPIST, happened_at=missed.noticed_at, now=missed.noticed_at)
reinstate = ReinstateSession(by=THERAPIST, happened_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("who", "said", "by"),
    [
        (THERAPIST, None, "therapist"),
        (THERAPIST, "patient", "patient"),
        (PATIENT, None, "patient"),
        (ADMIN, None, "clinic"),
        (ADMIN, "therapist", "therapist"),
    ],
    ids=["therapist", "told by phone", "patient", "desk", "the desk for a therapist"],
)
def test_c02_a_session_is_cancelled_by_whoever_says_so_unless_said(
    who: Actor, said: Any, by: Any
) -> None:
    nothing_yet.given(scheduled).when(replace(cancel, by=who, cancelled_by=said)).then(
        replace(cancelled, cancelled_by=by)
    )


def test_c02_a_patient_cancels_in_nobody_elses_name() -> None:
    nothing_yet.given(scheduled).when(
        replace(cancel, by=PATIENT, cancelled_by="clinic")
    ).then_rejected(CancelledByThemselves)


def test_c02_no_reason_is_ever_needed() -> None:
    nothing_yet.given(scheduled).when(replace(cancel, reason=None)).then(
        replace(cancelled, reason=None)
    )


def test_c02_a_patient_misses_a_session_once_it_was_to_start_and_not_before() -> None:
    nothing_yet.given(scheduled).when(miss).then(missed)
    nothing_yet.given(scheduled).when(replace(miss, happened_at=FOUR_O_CLOCK)).then(
        SessionNoShowRecorded(noticed_at=FOUR_O_CLOCK)
    )
    early = replace(miss, happened_at=FOUR_O_CLOCK - timedelta(minutes=1))
    nothing_yet.given(scheduled).when(early).then_rejected(NotMissedYet)


@pytest.mark.parametrize("begun", [started, ended])
@pytest.mark.parametrize("command", [cancel, miss])
def test_c02_what_has_begun_is_neither_cancelled_nor_missed(
    begun: SessionStarted | SessionEnded, command: Command
) -> None:
    nothing_yet.given(scheduled, begun).when(command).then_rejected(SessionBegun)


@pytest.mark.parametrize("off", [cancelled, missed])
@pytest.mark.parametrize("command", [start(FOUR_O_CLOCK), end(ended.ended_at), move(friday)])
def test_c02_a_session_that_is_off_is_neither_held_nor_moved(
    off: SessionCancelled | SessionNoShowRecorded, command: Command
) -> None:
    nothing_yet.given(scheduled, off).when(command).then_rejected(SessionOff)


def test_c02_calling_off_twice_changes_nothing_and_otherwise_is_said() -> None:
    nothing_yet.given(scheduled, cancelled).when(cancel).then_nothing_changes()
    nothing_yet.given(scheduled, missed).when(miss).then_nothing_changes()
    nothing_yet.given(scheduled, cancelled).when(schedule).then_nothing_changes()
    nothing_yet.given(scheduled, cancelled).when(miss).then_rejected(OffOtherwise)
    nothing_yet.given(scheduled, missed).when(cancel).then_rejected(OffOtherwise)
    nothing_yet.given(scheduled, cancelled).when(replace(cancel, reason="holiday")).then_rejected(
        OffOtherwise
    )


group_meets = GroupSessionScheduled(
    session_id=SessionId(UUID(int=1)),
    group_id=GroupId(UUID(int=5)),
    therapist_id=TherapistId(ANNA),
    starts_at=FOUR_O_CLOCK,
    zone="Europe/London",
    duration_min=90,
    starts_local=datetime(2026, 3, 5, 16, 0),  # noqa: DTZ001 - a local time
)
schedule_for_a_group = ScheduleGroupSession(
    by=THERAPIST,
    happened_at=NOW,
    now=NOW,
    id=SessionId(UUID(int=1)),
    group_id=GroupId(UUID(int=5)),
    starts_at=schedule.starts_at,
    duration_min=90,
    clinic_duration_min=50,
)


def test_c25_a_group_meets_and_its_session_is_moved_missed_and_held_like_any_other() -> None:
    nothing_yet.when(schedule_for_a_group).then(group_meets)
    nothing_yet.given(group_meets).when(schedule_for_a_group).then_nothing_changes()
    nothing_yet.given(group_meets).when(start(FOUR_O_CLOCK)).then(started)
    nothing_yet.given(group_meets).when(cancel).then(cancelled)
    assert notices(replace(schedule_for_a_group, overlaps=True)) == [
        Notice("sessions-overlap", "/starts_at")
    ]


def test_c25_a_groups_session_is_no_patients() -> None:
    nothing_yet.given(group_meets).when(schedule).then_rejected(SessionScheduledOtherwise)
    nothing_yet.given(scheduled).when(schedule_for_a_group).then_rejected(SessionScheduledOtherwise)


@pytest.mark.parametrize("off", [cancelled, missed])
def test_c02_what_was_off_by_mistake_is_held_after_all(
    off: SessionCancelled | SessionNoShowRecorded,
) -> None:
    nothing_yet.given(scheduled, off).when(reinstate).then(reinstated)
    nothing_yet.given(scheduled, off, reinstated).when(start(FOUR_O_CLOCK)).then(started)
    nothing_yet.given(scheduled).when(reinstate).then_nothing_changes()


def test_two_sessions_at_once_are_noticed_and_no_more() -> None:
    assert notices(replace(schedule, overlaps=True)) == [Notice("sessions-overlap", "/starts_at")]
    moved = replace(move(friday), overlaps=True)
    assert notices(moved, scheduled) == [Notice("sessions-overlap", "/starts_at")]
