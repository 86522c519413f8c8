from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.testing.cast import NOW, PATIENT
from libs.vocabulary.moment import LocalMoment
from libs.vocabulary.obstacle import Obstacle, ObstacleId
from libs.vocabulary.rating import RatingOutsideScale
from services.assignment.domain.assignment import Event, decider
from services.assignment.domain.due import (
    DueDateMoved,
    DueDateSet,
    DueRule,
    DueRuleMixed,
    LocalTimeMissing,
    Meeting,
    MoveDue,
    SessionMissing,
    SetDue,
)
from services.assignment.domain.homework import NotOpen
from services.assignment.domain.outcome import ActivateAssignment, CompleteHomework
from services.assignment.domain.plan import (
    DurationRange,
    FrequencyMissing,
    ObstacleRepeated,
    PlanRevised,
    PlanSpecified,
    Site,
    SpecifyPlan,
    Target,
    TriggerMissing,
    specificity,
)
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import Contact, ContactRef
from services.assignment.domain.timing import Cue, Timing
from tests.unit.assignment.cases import (
    SESSION_2,
    SESSION_3,
    activate,
    active,
    after,
    agree,
    create,
    homework,
    nothing_yet,
    of_ten,
    state_after,
    told,
)

LARRY = Contact(contact_ref=ContactRef(UUID(int=7)), label="Larry")
OBSTACLE = Obstacle(
    id=ObstacleId(UUID(int=1)), category="time", text="Meetings.", phase="anticipated"
)
IN_JULY = LocalMoment(local=datetime.fromisoformat("2026-07-01T18:00"), zone="Europe/London")
plan = told(SpecifyPlan, site=Site(kind="work", label="The office"), patient_zone="Europe/London")
move = told(MoveDue, named_session_id=None, meeting=SESSION_3, because="session_moved")


def due(rule: DueRule, meeting: Meeting | None = None) -> SetDue:
    return told(SetDue, rule=rule, meeting=meeting)


def test_c14_every_slot_is_optional_and_the_plan_is_in_the_patients_zone() -> None:
    homework().when(plan).then(
        PlanSpecified(
            site=Site(kind="work", label="The office"),
            plan_version=1,
            zone="Europe/London",
            travel="follow_patient",
            specified_by="therapist",
            specified_at=NOW,
        )
    )


def test_c14_said_again_it_is_a_new_version() -> None:
    again = told(SpecifyPlan, by=PATIENT, duration_min=10, patient_zone="Europe/London")
    homework(plan).when(again).then(
        PlanRevised(
            duration_min=10,
            plan_version=2,
            zone="Europe/London",
            travel="follow_patient",
            revised_by="patient",
            revised_at=NOW,
        )
    )


def test_c32_c27_a_plan_with_its_cue_and_its_target() -> None:
    timing = Timing(
        rule="scheduled",
        zone="Europe/Paris",
        time_of_day=(time(11),),
        cue=Cue(day_of_week="monday", approx=True, after_activity="Checked my email"),
    )
    target = Target(count=4, unit="conversation", distinct=True, period="weeks", contacts=(LARRY,))
    specified, *_ = decider.decide(
        replace(plan, timing=timing, target=target), decider.fold(homework().history)
    )
    assert isinstance(specified, PlanSpecified)
    assert (specified.timing, specified.target) == (timing, target)
    assert specified.zone == "Europe/Paris", "the plan's own zone wins over the patient's"


def test_c14_a_plan_is_as_specific_as_its_filled_slots() -> None:
    assert specificity(plan) == 0.2
    whole = replace(
        plan,
        timing=Timing(rule="all_day"),
        frequency=Frequency(count=1, per="day"),
        duration_min=10,
        obstacles=(),
    )
    assert specificity(whole) == 1.0, "asked, none foreseen, is an answer"


def test_c14_what_is_done_as_it_happens_says_what() -> None:
    homework().when(replace(plan, timing=Timing(rule="as_it_happens"))).then_rejected(
        TriggerMissing
    )
    named = replace(plan, timing=Timing(rule="as_it_happens", trigger="A panic attack"))
    assert decider.decide(named, decider.fold(homework().history))


def test_c14_so_many_times_says_how_many() -> None:
    homework().when(replace(plan, timing=Timing(rule="n_times"))).then_rejected(FrequencyMissing)


@pytest.mark.parametrize("minutes", [(10, 5), (None, 5)])
def test_c14_the_longest_duration_is_not_the_shorter(minutes: tuple[int | None, int]) -> None:
    least, most = minutes
    homework().when(replace(plan, duration_min=least, duration_max_min=most)).then_rejected(
        DurationRange
    )


def test_c14_obstacles_of_a_plan_are_told_apart_and_likely_on_a_scale() -> None:
    homework().when(replace(plan, obstacles=(OBSTACLE, OBSTACLE))).then_rejected(ObstacleRepeated)
    impossible = replace(OBSTACLE, likelihood=of_ten(11))
    homework().when(replace(plan, obstacles=(impossible,))).then_rejected(RatingOutsideScale)


def test_c14_the_likelihood_of_an_obstacle_is_rated_while_planning() -> None:
    likely = replace(plan, obstacles=(replace(OBSTACLE, likelihood=of_ten(7)),))
    fact = decider.decide(likely, decider.fold(homework().history))[0]
    assert isinstance(fact, PlanSpecified)
    assert fact.obstacles is not None
    assert fact.obstacles[0].likelihood == replace(of_ten(7), rated_at=NOW, phase="planning")


def test_c14_homework_that_is_done_is_not_planned() -> None:
    nothing_yet.given(*_done()).when(plan).then_rejected(NotOpen)


def _done() -> Sequence[Event]:
    completed = told(CompleteHomework, by=PATIENT, id=UUID(int=9))
    return after(create(), agree, activate, completed)


def test_c02_due_before_a_session_with_an_offset() -> None:
    rule = DueRule(kind="session", session_id=SESSION_3.session_id, offset_min=-60)
    homework().when(due(rule, meeting=SESSION_3)).then(
        DueDateSet(
            rule=rule,
            session_id=SESSION_3.session_id,
            due_at=SESSION_3.starts_at - timedelta(hours=1),
            zone="Europe/London",
            set_by="therapist",
            set_at=NOW,
        )
    )


def test_c02_due_at_a_local_time_of_a_zone() -> None:
    rule = DueRule(kind="at", at=IN_JULY)
    homework().when(due(rule)).then(
        DueDateSet(
            rule=rule,
            due_at=datetime(2026, 7, 1, 17, tzinfo=UTC),
            zone="Europe/London",
            set_by="therapist",
            set_at=NOW,
        )
    )


def test_c02_without_a_next_session_the_due_date_is_unset_and_one_is_told_so() -> None:
    given = create(meeting=None)
    assert state_after(given).due.due_at is None
    assert decider.advise(given, state_after(given)) == [Notice("no-next-session", "/due")]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (DueRule(kind="session"), SessionMissing),
        (DueRule(kind="at"), LocalTimeMissing),
        (DueRule(kind="none", session_id=SESSION_2.session_id), DueRuleMixed),
        (
            DueRule(at=IN_JULY),
            DueRuleMixed,
        ),
    ],
)
def test_c02_a_due_date_is_one_rule(rule: DueRule, reason: type) -> None:
    homework().when(due(rule)).then_rejected(reason)


def test_p4_what_hangs_on_a_session_moves_with_it() -> None:
    homework().when(move).then(
        DueDateMoved(
            session_id=SESSION_3.session_id,
            due_at=SESSION_3.starts_at,
            zone="Europe/London",
            because="session_moved",
            moved_at=NOW,
        )
    )
    homework(move).when(move).then_nothing_changes()


def test_p4_a_session_that_is_off_with_none_after_it_leaves_the_due_date_unset() -> None:
    homework().when(replace(move, meeting=None, because="session_cancelled")).then(
        DueDateMoved(because="session_cancelled", moved_at=NOW)
    )


@pytest.mark.parametrize(
    "rule",
    [
        DueRule(kind="none"),
        DueRule(kind="at", at=IN_JULY),
    ],
)
def test_p4_a_fixed_due_date_never_moves(rule: DueRule) -> None:
    homework(due(rule)).when(move).then_nothing_changes()


def test_p4_what_a_reaction_knew_may_be_out_of_date() -> None:
    named = DueRule(kind="session", session_id=SESSION_2.session_id)
    homework(due(named, meeting=SESSION_2)).when(move).then_nothing_changes()


def test_p4_homework_that_is_done_keeps_its_due_date() -> None:
    nothing_yet.given(*_done()).when(move).then_nothing_changes()


def test_c02_given_later_it_is_due_before_the_session_after_that() -> None:
    later = told(ActivateAssignment, meeting=SESSION_3)
    _, moved = decider.decide(later, decider.fold(homework(agree).history))
    assert isinstance(moved, DueDateMoved)
    assert (moved.session_id, moved.because) == (SESSION_3.session_id, "given_later")


def test_c02_given_later_a_named_session_stays_the_one() -> None:
    named = DueRule(kind="session", session_id=SESSION_2.session_id)
    later = told(ActivateAssignment, meeting=SESSION_3)
    agreed = homework(due(named, meeting=SESSION_2), agree)
    assert len(decider.decide(later, decider.fold(agreed.history))) == 1


def test_active_homework_can_get_another_due_date() -> None:
    assert decider.decide(due(DueRule(kind="none")), decider.fold(active().history))


def test_c02_the_same_due_date_again_changes_nothing() -> None:
    rule = DueRule(kind="session", session_id=SESSION_3.session_id, offset_min=-60)
    homework(due(rule, SESSION_3)).when(due(rule, SESSION_3)).then_nothing_changes()
    homework().when(due(DueRule(), SESSION_2)).then_nothing_changes()
