from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from libs.testing.cast import NOW, PATIENT
from libs.vocabulary.experience import Experience
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.due import DueDateMoved, DueRule, MoveDue, SetDue
from services.assignment.domain.homework import UnknownOccurrence
from services.assignment.domain.obstacles import ReportObstacle
from services.assignment.domain.occurrences import (
    OccurrenceCompleted,
    OccurrencesScheduled,
    OccurrencesWithdrawn,
)
from services.assignment.domain.outcome import CompleteHomework, HomeworkCompleted
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.readiness import AdjustAssignment, AdjustmentId, RateTask
from services.assignment.domain.schedule import Frequency, Occurrence
from services.assignment.domain.situation import RecordExperience
from services.assignment.domain.terms import OccurrenceId, Period
from services.assignment.domain.timing import Timing
from tests.unit.assignment.cases import (
    LATER,
    SESSION_2,
    SESSION_3,
    activate,
    active,
    after,
    agree,
    create,
    homework,
    of_ten,
    told,
)

DAILY = Timing(rule="scheduled", zone="Europe/London", time_of_day=(time(20),))
AT_ELEVEN = Timing(
    rule="scheduled", zone="Europe/London", on_date=date(2026, 3, 2), time_of_day=(time(11),)
)
N_TIMES = Timing(rule="n_times", zone="Europe/London")
THRICE = Frequency(count=3, per="between_sessions")

plan_daily = told(SpecifyPlan, timing=DAILY)
plan_once = told(SpecifyPlan, timing=AT_ELEVEN)
plan_thrice = told(SpecifyPlan, timing=N_TIMES, frequency=THRICE)


def decided(command: Command, *before: Command) -> list[Event]:
    return list(decider.decide(command, decider.fold(after(create(), *before))))


def scheduled(facts: list[Event]) -> list[Occurrence]:
    published = [fact for fact in facts if isinstance(fact, OccurrencesScheduled)]
    return [each for fact in published for each in fact.occurrences]


def test_a_plan_alone_asks_for_nothing_yet() -> None:
    assert scheduled(decided(plan_daily)) == []


def test_an_active_plan_publishes_fifty_six_days() -> None:
    found = scheduled(decided(activate, plan_daily, agree))
    assert len(found) == 56
    assert found[0].opens_at == datetime(2026, 3, 2, 20, tzinfo=UTC)


def test_a_plan_that_comes_later_is_published_at_once() -> None:
    assert len(scheduled(decided(plan_daily, agree, activate))) == 56


def test_told_late_it_covers_the_days_since() -> None:
    ten_days_ago = NOW - timedelta(days=10)
    commands = [
        replace(each, happened_at=ten_days_ago, now=NOW) for each in (plan_daily, agree, activate)
    ]
    given = replace(create(), happened_at=ten_days_ago)
    facts = after(given, *commands)
    assert len(scheduled(list(facts))) == 66


def test_many_occurrences_are_told_in_several_facts() -> None:
    often = told(
        SpecifyPlan,
        timing=Timing(rule="scheduled", zone="Europe/London"),
        frequency=Frequency(count=50, per="day"),
    )
    facts = decided(activate, often, agree)
    sizes = [len(f.occurrences) for f in facts if isinstance(f, OccurrencesScheduled)]
    assert sum(sizes) == 50 * 56
    assert max(sizes) == 500


def test_t1_saying_something_else_regenerates_nothing() -> None:
    begun = active(plan_daily)
    again = told(
        RecordExperience,
        by=PATIENT,
        id=UUID(int=1),
        phase="at_review",
        experience=Experience(thoughts=("Fine.",)),
    )
    facts = decider.decide(again, decider.fold(begun.history))
    assert [type(fact).__name__ for fact in facts] == ["ExperienceRecorded"]


def test_t19_a_revised_plan_replaces_what_is_to_come_and_leaves_what_came() -> None:
    begun = active(plan_daily)
    on_wednesday = datetime(2026, 3, 4, 21, tzinfo=UTC)
    revise = replace(
        told(SpecifyPlan, timing=replace(DAILY, time_of_day=(time(9),))),
        happened_at=on_wednesday,
        now=on_wednesday,
    )
    _, withdrawn, renewed = decider.decide(revise, decider.fold(begun.history))
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert (len(withdrawn.occurrence_ids), withdrawn.because) == (53, "plan_revised")
    assert isinstance(renewed, OccurrencesScheduled)
    assert renewed.plan_version == 2
    assert renewed.occurrences[0].opens_at == datetime(2026, 3, 5, 9, tzinfo=UTC)


def test_t19_a_plan_without_times_withdraws_what_was_to_come() -> None:
    _, withdrawn = decided(told(SpecifyPlan), plan_daily, agree, activate)
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert len(withdrawn.occurrence_ids) == 56


def test_c16_a_reduced_frequency_replaces_what_may_be_done_at_any_time() -> None:
    reduce = told(
        AdjustAssignment,
        id=AdjustmentId(UUID(int=1)),
        reason="overwhelming",
        frequency=Frequency(count=2, per="between_sessions"),
        at=LATER,
    )
    *_, withdrawn, renewed = decided(reduce, plan_thrice, agree, activate)
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert len(withdrawn.occurrence_ids) == 3
    assert isinstance(renewed, OccurrencesScheduled)
    assert [each.slot for each in renewed.occurrences] == ["1", "2"]


def test_p4_when_the_session_moves_the_same_occurrences_get_another_end() -> None:
    begun = active(plan_thrice)
    before = scheduled(list(begun.history))
    later = replace(SESSION_2, starts_at=SESSION_2.starts_at + timedelta(days=1))
    move = told(MoveDue, named_session_id=None, meeting=later, because="session_moved")
    moved, renewed = decider.decide(move, decider.fold(begun.history))
    assert isinstance(moved, DueDateMoved)
    assert isinstance(renewed, OccurrencesScheduled)
    assert [each.id for each in renewed.occurrences] == [each.id for each in before]
    assert {each.due_at for each in renewed.occurrences} == {later.starts_at}


def test_a_moved_due_date_leaves_daily_occurrences_alone() -> None:
    begun = active(plan_daily)
    move = told(MoveDue, named_session_id=None, meeting=SESSION_3, because="session_moved")
    assert len(decider.decide(move, decider.fold(begun.history))) == 1


def test_done_in_its_window_it_is_completed_with_the_homework() -> None:
    begun = active(plan_once)
    (monday,) = scheduled(list(begun.history))
    done, completed = decider.decide(_done(hour=11), decider.fold(begun.history))
    assert isinstance(done, OccurrenceCompleted)
    assert done.occurrence_id == monday.id
    assert isinstance(completed, HomeworkCompleted)
    assert completed.occurrence_id == monday.id


def test_done_early_on_its_day_it_is_completed_too() -> None:
    done, _ = decider.decide(_done(hour=10), decider.fold(active(plan_once).history))
    assert isinstance(done, OccurrenceCompleted)


def test_t5_done_on_another_day_it_completes_no_occurrence() -> None:
    facts = decider.decide(_done(day=3, hour=11), decider.fold(active(plan_once).history))
    assert [type(fact).__name__ for fact in facts] == ["HomeworkCompleted"]


def test_what_is_left_when_homework_ends_is_not_applicable_and_what_was_missed_stays() -> None:
    begun = active(plan_daily)
    first, second, *rest = scheduled(list(begun.history))
    done, completed, withdrawn = decider.decide(_done(day=3, hour=20), decider.fold(begun.history))
    assert isinstance(done, OccurrenceCompleted)
    assert done.occurrence_id == second.id
    assert isinstance(completed, HomeworkCompleted)
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert set(withdrawn.occurrence_ids) == {each.id for each in rest}
    assert first.id not in withdrawn.occurrence_ids


def _done(*, day: int = 2, hour: int) -> CompleteHomework:
    start = datetime(2026, 3, day, hour, 5, tzinfo=UTC)
    return told(
        CompleteHomework,
        by=PATIENT,
        id=UUID(int=0x71),
        experienced_at=Period(start=start),
        at=start + timedelta(minutes=20),
    )


def test_c02_a_due_date_that_is_none_leaves_the_windows_open() -> None:
    none = told(SetDue, rule=DueRule(kind="none"))
    found = scheduled(decided(activate, none, plan_thrice, agree))
    assert [each.due_at for each in found] == [None] * 3


def test_homework_without_a_plan_is_given_all_the_same() -> None:
    assert scheduled(list(homework(agree, activate).history)) == []


def test_t1_not_even_a_week_later() -> None:
    week_later = NOW + timedelta(days=7)
    rating = told(RateTask, by=PATIENT, id=UUID(int=1), utility=of_ten(8), at=week_later)
    facts = decider.decide(rating, decider.fold(active(plan_daily).history))
    assert [type(fact).__name__ for fact in facts] == ["TaskRated"]


def _told_of(named: UUID) -> list[Command]:
    """Everything that may name an occurrence, beside that it was done."""
    occurrence = OccurrenceId(named)
    return [
        told(
            ReportObstacle,
            id=UUID(int=0x81),
            category="environment",
            text="He was on the phone.",
            occurrence_id=occurrence,
        ),
        told(
            RecordExperience,
            id=UUID(int=0x82),
            phase="during_homework",
            experience=Experience(thoughts=("He will laugh.",)),
            occurrence_id=occurrence,
        ),
    ]


def test_what_was_lived_through_is_told_of_an_occurrence_of_this_homework() -> None:
    """Of one that is open, done, or not asked for any more: it may have been told late."""
    begun = active(plan_daily)
    first, second, *_ = scheduled(list(begun.history))
    finished = [*begun.history, *decider.decide(_done(hour=21), decider.fold(begun.history))]
    for history in (begun.history, finished):
        for named in (first.id, second.id):
            for command in _told_of(named):
                assert decider.decide(command, decider.fold(history))


def test_of_an_occurrence_of_other_homework_nothing_is_told_here() -> None:
    for command in _told_of(UUID(int=8)):
        active(plan_daily).when(command).then_rejected(UnknownOccurrence)
