from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.testing.cast import ANNA, MASHA, NOW, PATIENT
from services.assignment.domain.assignment import decider
from services.assignment.domain.components import GradedComponent, GradingId, UnknownComponent
from services.assignment.domain.creation import AssignmentExists, PatientIsTherapist
from services.assignment.domain.giving import (
    GiveHomework,
    GivenComponent,
    GivenGrading,
    GivenRatings,
    GivenRationale,
)
from services.assignment.domain.homework import Homework, NotActive, UnknownOccurrence
from services.assignment.domain.outcome import (
    AssignmentActivated,
    CompleteHomework,
    CompletionId,
    HomeworkCompleted,
    NotAgreed,
    RationaleMissing,
)
from services.assignment.domain.plan import FrequencyMissing, Plan
from services.assignment.domain.readiness import NothingRated
from services.assignment.domain.reasons import GoalNotOpen, RationaleId
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import (
    ComponentId,
    GoalId,
    InTheFuture,
    OccurrenceId,
    PatientId,
    Period,
    RatingId,
)
from services.assignment.domain.timing import Timing
from tests.unit.assignment.cases import (
    HOMEWORK,
    LATER,
    SESSION_2,
    activate,
    active,
    agree,
    homework,
    nothing_yet,
    of_ten,
    told,
)

GOAL = GoalId(UUID(int=0x91))
give = told(
    GiveHomework,
    id=HOMEWORK,
    patient_id=PatientId(MASHA),
    title="Talk to the other three",
    meeting=SESSION_2,
)
rationale = GivenRationale(id=RationaleId(UUID(int=1)), text="It helps.", goal_ids=(GOAL,))
ratings = GivenRatings(id=RatingId(UUID(int=2)), confidence=of_ten(4))
priya = GivenComponent(id=ComponentId(UUID(int=3)), label="Talk to Priya")
tom = GivenComponent(id=ComponentId(UUID(int=4)), label="Talk to Tom")
grading = GivenGrading(
    id=GradingId(UUID(int=5)),
    components=(
        GradedComponent(component_id=priya.id, difficulty=of_ten(5)),
        GradedComponent(component_id=tom.id, difficulty=of_ten(3)),
    ),
)
thrice = Plan(
    timing=Timing(rule="n_times", zone="Europe/London"),
    frequency=Frequency(count=3, per="between_sessions"),
)
done = told(CompleteHomework, by=PATIENT, id=CompletionId(UUID(int=6)))


def names(given: GiveHomework) -> list[str]:
    return [type(fact).__name__ for fact in decider.decide(given, decider.initial)]


def test_given_in_one_request_it_is_created_agreed_and_active() -> None:
    assert names(give) == [
        "AssignmentCreated",
        "DueDateSet",
        "AssignmentProposed",
        "AssignmentAgreed",
        "AssignmentActivated",
    ]


def test_all_that_is_said_with_it_is_recorded_together() -> None:
    everything = replace(
        give,
        rationale=rationale,
        open_goals=frozenset({GOAL}),
        components=(priya, tom),
        plan=thrice,
        ratings=ratings,
        grading=grading,
    )
    assert names(everything) == [
        "AssignmentCreated",
        "DueDateSet",
        "RationaleGiven",
        "ComponentAdded",
        "ComponentAdded",
        "PlanSpecified",
        "ReadinessRated",
        "AdjustmentSuggested",
        "ComponentsGraded",
        "AssignmentProposed",
        "AssignmentAgreed",
        "AssignmentActivated",
        "OccurrencesScheduled",
    ]


def test_a_grading_is_because_of_the_ratings_it_is_given_with_c16() -> None:
    facts = decider.decide(
        replace(give, components=(priya, tom), ratings=ratings, grading=grading), decider.initial
    )
    (graded,) = [fact for fact in facts if type(fact).__name__ == "ComponentsGraded"]
    assert getattr(graded, "because_rating_id", None) == ratings.id


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"rationale": rationale}, GoalNotOpen),
        ({"plan": Plan(timing=Timing(rule="n_times"))}, FrequencyMissing),
        ({"ratings": replace(ratings, confidence=None)}, NothingRated),
        ({"grading": grading}, UnknownComponent),
        ({"patient_id": PatientId(ANNA)}, PatientIsTherapist),
    ],
)
def test_each_part_keeps_its_own_rules(part: dict[str, object], reason: type) -> None:
    nothing_yet.when(replace(give, **part)).then_rejected(reason)  # type: ignore[arg-type]  # named above


def test_homework_is_given_once() -> None:
    homework().when(give).then_rejected(AssignmentExists)


def test_c05_what_is_missing_is_a_notice_and_never_a_refusal() -> None:
    state = decider.fold(decider.decide(give, decider.initial))
    assert decider.advise(give, state) == [Notice("no-rationale"), Notice("no-goal")]
    without_goal = replace(give, rationale=replace(rationale, goal_ids=()))
    state = decider.fold(decider.decide(without_goal, decider.initial))
    assert decider.advise(without_goal, state) == [Notice("no-goal")]


def test_c05_unless_the_clinic_switched_its_gate_on() -> None:
    nothing_yet.when(replace(give, rationale_gate=True)).then_rejected(RationaleMissing)
    homework(agree).when(replace(activate, rationale_gate=True)).then_rejected(RationaleMissing)
    with_one = replace(give, rationale_gate=True, rationale=rationale, open_goals=frozenset({GOAL}))
    assert "AssignmentActivated" in names(with_one)


def test_p1_low_ratings_given_with_it_are_noticed_where_they_stand() -> None:
    low = replace(give, ratings=ratings)
    state = decider.fold(decider.decide(low, decider.initial))
    assert Notice("low-confidence", "/ratings/confidence") in decider.advise(low, state)


def test_homework_begins_when_both_have_agreed() -> None:
    homework().when(activate).then_rejected(NotAgreed)
    homework(agree).when(activate).then(AssignmentActivated(plan_version=0, activated_at=NOW))
    active().when(activate).then_nothing_changes()


def test_the_patient_reports_that_it_is_done() -> None:
    active().when(replace(done, quantity=80)).then(
        HomeworkCompleted(
            completion_id=CompletionId(UUID(int=6)),
            quantity=80,
            completed_by="patient_report",
            completed_at=NOW,
        )
    )


def test_the_therapist_confirms_that_it_is_done() -> None:
    (completed,) = decider.decide(
        told(CompleteHomework, id=CompletionId(UUID(int=6))), decider.fold(active().history)
    )
    assert isinstance(completed, HomeworkCompleted)
    assert completed.completed_by == "therapist_confirmation"


def test_done_twice_is_done() -> None:
    again = told(CompleteHomework, id=CompletionId(UUID(int=7)))
    history = [*active().history, *decider.decide(done, decider.fold(active().history))]
    nothing_yet.given(*history).when(again).then_nothing_changes()


def test_what_has_not_begun_is_not_done() -> None:
    homework(agree).when(done).then_rejected(NotActive)


def test_nobody_is_done_tomorrow() -> None:
    active().when(replace(done, experienced_at=Period(start=LATER))).then_rejected(InTheFuture)


def test_an_occurrence_that_is_named_exists() -> None:
    active().when(replace(done, occurrence_id=OccurrenceId(UUID(int=8)))).then_rejected(
        UnknownOccurrence
    )


def test_by_the_worlds_clock_it_began_when_it_was_done() -> None:
    start = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    facts = decider.decide(
        replace(done, experienced_at=Period(start=start)), decider.fold(active().history)
    )
    state = decider.fold([*active().history, *facts])
    assert isinstance(state, Homework)
    assert (state.status, state.first_started_at) == ("completed", start)
