from dataclasses import replace
from datetime import date
from uuid import UUID

from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from services.assignment.domain.goal import (
    Command,
    Event,
    GoalAlreadySet,
    GoalSet,
    GoalTarget,
    OwnPatient,
    SetGoal,
    State,
    decider,
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
