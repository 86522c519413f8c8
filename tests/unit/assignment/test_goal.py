from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, MASHA, NOW, PATIENT, THERAPIST
from libs.testing.scenario import Scenario
from services.assignment.domain.goal import (
    Closed,
    Command,
    Event,
    GoalAlreadySet,
    GoalIsClosed,
    GoalNotSet,
    GoalSet,
    OwnPatient,
    SetGoal,
    State,
    decider,
)
from services.assignment.domain.goal_course import (
    CloseGoal,
    GoalClosed,
    GoalProgressRecorded,
    GoalRevised,
    GoalTarget,
    ProgressId,
    RecordGoalProgress,
    ReviseGoal,
    RevisionId,
)
from services.assignment.domain.terms import GoalId, PatientId, TherapistId

GOAL = GoalId(UUID(int=0x91))
nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
set_goal = SetGoal(
    by=THERAPIST,
    happened_at=NOW,
    now=NOW,
    id=GOAL,
    patient_id=PatientId(MASHA),
    statement="I want to have decent relationships.",
)
goal_set = GoalSet(
    goal_id=GOAL,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    statement="I want to have decent relationships.",
    set_by="therapist",
    set_at=NOW,
)

WORDS = "I want to have good relationships, first at work."
FOUR = GoalTarget(measure="conversations", comparator="at_least", value=4)
revise = ReviseGoal(
    by=PATIENT,
    happened_at=NOW,
    now=NOW,
    id=RevisionId(UUID(int=1)),
    statement=WORDS,
    target=FOUR,
)
progress = RecordGoalProgress(
    by=PATIENT,
    happened_at=NOW,
    now=NOW,
    id=ProgressId(UUID(int=2)),
    achievement="improving",
    value=3,
    note="Two of them began.",
)
close = CloseGoal(
    by=THERAPIST, happened_at=NOW, now=NOW, lifecycle="completed", achievement="achieved"
)
goal_closed = GoalClosed(
    lifecycle="completed", achievement="achieved", closed_by="therapist", closed_at=NOW
)
goal_is_set = nothing_yet.given(goal_set)


def test_c04_a_goal_is_kept_in_the_patients_words() -> None:
    nothing_yet.when(set_goal).then(goal_set)


def test_c04_a_goal_may_say_how_one_would_see_it() -> None:
    target = GoalTarget(
        measure="conversations", comparator="at_least", value=4, due=date(2026, 6, 1)
    )
    nothing_yet.when(replace(set_goal, target=target)).then(replace(goal_set, target=target))


def test_c04_the_same_goal_is_not_set_twice() -> None:
    nothing_yet.given(goal_set).when(set_goal).then_rejected(GoalAlreadySet)


def test_c04_a_therapist_sets_no_goal_for_themselves() -> None:
    nothing_yet.when(replace(set_goal, patient_id=PatientId(ANNA))).then_rejected(OwnPatient)


def test_c04_a_goal_is_said_in_better_words() -> None:
    revised = GoalRevised(
        revision_id=revise.id,
        statement=WORDS,
        target=FOUR,
        revised_by="patient",
        revised_at=NOW,
    )
    goal_is_set.when(revise).then(revised)
    nothing_yet.given(goal_set, revised).when(revise).then_nothing_changes()


def test_c04_how_far_it_has_come_is_recorded() -> None:
    recorded = GoalProgressRecorded(
        progress_id=progress.id,
        achievement="improving",
        value=3,
        note="Two of them began.",
        told_by="patient",
        told_at=NOW,
    )
    goal_is_set.when(progress).then(recorded)
    nothing_yet.given(goal_set, recorded).when(progress).then_nothing_changes()


def test_c04_a_goal_is_closed_once() -> None:
    goal_is_set.when(close).then(goal_closed)
    nothing_yet.given(goal_set, goal_closed).when(close).then_nothing_changes()


@pytest.mark.parametrize("request_", [revise, progress])
def test_c04_a_closed_goal_is_neither_revised_nor_judged(
    request_: ReviseGoal | RecordGoalProgress,
) -> None:
    nothing_yet.given(goal_set, goal_closed).when(request_).then_rejected(GoalIsClosed)


@pytest.mark.parametrize("request_", [revise, progress, close])
def test_c04_what_was_never_set_has_no_course(
    request_: ReviseGoal | RecordGoalProgress | CloseGoal,
) -> None:
    nothing_yet.when(request_).then_rejected(GoalNotSet)


def test_c04_a_closed_goal_is_not_set_again_under_its_id() -> None:
    nothing_yet.given(goal_set, goal_closed).when(set_goal).then_rejected(GoalAlreadySet)


def test_c04_whose_goal_it_is_stays_known_when_it_is_closed() -> None:
    closed = decider.fold([goal_set, goal_closed])
    assert isinstance(closed, Closed)
    assert (closed.patient_id, closed.therapist_id) == (MASHA, ANNA)
