"""What was asked for while homework rested, or was over and then reopened, nobody missed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from libs.testing.cast import MASHA, NOW, PATIENT
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.doing import CompleteOccurrence
from services.assignment.domain.homework import Homework
from services.assignment.domain.leaving import EndByDeath
from services.assignment.domain.occurrences import OccurrencesWithdrawn
from services.assignment.domain.outcome import CompleteHomework, CompletionId
from services.assignment.domain.passing import PassTime
from services.assignment.domain.pausing import PauseAssignment, ResumeAssignment
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.reopening import ReopenAssignment
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import OccurrenceId, PatientId
from services.assignment.domain.timing import Timing
from services.assignment.domain.windows import OccurrenceNotApplicable
from services.assignment.occurrence_view import OccurrenceView, of_occurrences
from services.assignment.playing import SYSTEM
from tests.unit.assignment.cases import active, nothing_yet, told

EVENINGS = told(
    SpecifyPlan, timing=Timing(rule="scheduled", zone="Europe/London", time_of_day=(time(20),))
)
THREE_A_WEEK = told(
    SpecifyPlan,
    timing=Timing(rule="n_times", zone="Europe/London"),
    frequency=Frequency(count=3, per="week"),
)
TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)

pause = told(PauseAssignment, at=TUESDAY, reason="holiday")
resume = told(ResumeAssignment, by=PATIENT, at=FRIDAY)


def passed(at: datetime) -> PassTime:
    return told(PassTime, at=at)


def after(plan: SpecifyPlan, *commands: Command) -> Sequence[Event]:
    facts = list(active(plan).history)
    for command in commands:
        facts += decider.decide(command, decider.fold(facts))
    return facts


def seen(plan: SpecifyPlan, *commands: Command) -> Sequence[OccurrenceView]:
    return tuple(of_occurrences(after(plan, *commands)))


def by_day(views: Sequence[OccurrenceView], *, until: date) -> dict[int, str]:
    return {view.local_date.day: view.status for view in views if view.local_date <= until}


def of_day(day: int) -> OccurrenceId:
    return next(view.id for view in seen(EVENINGS) if view.local_date.day == day)


def open_in(facts: Sequence[Any]) -> dict[OccurrenceId, Any]:
    state = decider.fold(list(facts))
    assert isinstance(state, Homework)
    return dict(state.open_occurrences)


def test_what_it_asked_for_is_withdrawn_while_it_rests() -> None:
    facts = after(EVENINGS, passed(TUESDAY), pause)
    withdrawn = facts[-1]
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert withdrawn.resting
    assert open_in(facts) == {}


def test_nobody_misses_anything_while_it_rests() -> None:
    rested = after(EVENINGS, passed(TUESDAY), pause)
    nothing_yet.given(*rested).when(passed(FRIDAY)).then_nothing_changes()


def test_it_goes_on_with_what_comes_after_the_pause() -> None:
    views = seen(EVENINGS, passed(TUESDAY), pause, passed(FRIDAY), resume)
    assert by_day(views, until=date(2026, 3, 7)) == {
        2: "expired",
        3: "not_applicable",
        4: "not_applicable",
        5: "not_applicable",
        6: "scheduled",
        7: "scheduled",
    }


def test_a_pause_that_is_told_late_takes_back_what_seemed_missed() -> None:
    late = told(PauseAssignment, at=TUESDAY, reason="illness")
    views = seen(EVENINGS, passed(FRIDAY), late)
    assert by_day(views, until=date(2026, 3, 5)) == {
        2: "expired",
        3: "not_applicable",
        4: "not_applicable",
        5: "not_applicable",
    }


def test_what_seemed_missed_after_somebody_had_died_was_not_asked_for() -> None:
    begins = datetime(2026, 3, 4, tzinfo=UTC)
    died = told(
        EndByDeath, by=SYSTEM, at=begins, patient_id=PatientId(MASHA), died_on=begins.date()
    )
    views = seen(EVENINGS, passed(FRIDAY), died)
    assert by_day(views, until=date(2026, 3, 6)) == {
        2: "expired",
        3: "expired",
        4: "not_applicable",
        5: "not_applicable",
        6: "not_applicable",
    }


def test_of_a_time_in_the_pause_nothing_is_told_as_an_occurrence() -> None:
    done = told(CompleteOccurrence, by=PATIENT, at=FRIDAY, occurrence_id=of_day(4))
    rested = after(EVENINGS, passed(TUESDAY), pause)
    nothing_yet.given(*rested).when(done).then_rejected(OccurrenceNotApplicable)


def test_a_week_that_a_pause_cuts_into_is_the_same_week_again() -> None:
    before = {view.id for view in seen(THREE_A_WEEK)}
    assert set(open_in(after(THREE_A_WEEK, pause, resume))) == before


def test_a_week_that_begins_in_the_pause_opens_when_it_goes_on() -> None:
    begins = NOW + timedelta(days=7)
    goes_on = told(ResumeAssignment, at=begins + timedelta(days=3))
    views = seen(THREE_A_WEEK, pause, passed(begins), goes_on)
    second = [view for view in views if view.local_date == begins.date()]
    assert [view.status for view in second] == ["scheduled"] * 3
    assert {view.opens_at for view in second} == {goes_on.happened_at}
    assert {view.status for view in views if view.local_date < begins.date()} == {"not_applicable"}


def test_what_is_reopened_asks_for_nothing_of_the_time_when_it_was_over() -> None:
    ended = told(CompleteHomework, at=TUESDAY, id=CompletionId(of_day(2)))
    again = told(ReopenAssignment, at=FRIDAY, reason="Three more evenings would help.")
    views = seen(EVENINGS, passed(TUESDAY), ended, again)
    assert by_day(views, until=date(2026, 3, 7)) == {
        2: "expired",
        3: "completed",
        4: "not_applicable",
        5: "not_applicable",
        6: "scheduled",
        7: "scheduled",
    }


def test_what_was_ended_by_mistake_is_asked_for_as_before() -> None:
    ended = told(CompleteHomework, at=TUESDAY, id=CompletionId(of_day(2)))
    at_once = told(ReopenAssignment, at=TUESDAY, reason="A slip of the hand.")
    asked = open_in(after(EVENINGS, passed(TUESDAY)))
    assert set(asked) - set(open_in(after(EVENINGS, passed(TUESDAY), ended, at_once))) == {
        of_day(3)  # done with the homework, by the report that ended it
    }
