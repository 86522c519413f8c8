"""A review is opened once per assignment and session, and ends with a decision (C19, C20, C23)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice
from libs.testing.cast import ANNA, MASHA, NOW, THERAPIST
from libs.testing.scenario import Scenario
from services.review.domain.non_engagement import (
    LearningId,
    NonEngagementLearned,
    NonEngagementRecorded,
    RecordNonEngagement,
    RecordNonEngagementLearning,
)
from services.review.domain.review import (
    Command,
    CompleteReview,
    Event,
    NothingReviewed,
    OpenReview,
    ReviewCompleted,
    ReviewOpened,
    decider,
    review_of,
)
from services.review.domain.state import (
    AssignmentId,
    OccurrenceId,
    PatientId,
    ReviewCompletedAlready,
    ReviewNotOpened,
    SessionId,
    State,
    TherapistId,
)
from services.review.domain.work import (
    Done,
    GivePraise,
    PraiseGiven,
    RecordSkill,
    RecordWorkDone,
    SkillAcquired,
    SkillId,
    Work,
    WorkDoneRecorded,
    WorkEndsBeforeItStarts,
    WorkStillToCome,
)

HOMEWORK = AssignmentId(UUID(int=1))
SESSION = SessionId(UUID(int=2))
BY_ANNA: dict[str, Any] = {"by": THERAPIST, "happened_at": NOW, "now": NOW}

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
opened = ReviewOpened(
    review_id=review_of(HOMEWORK, SESSION),
    assignment_id=HOMEWORK,
    session_id=SESSION,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
)
open_review = OpenReview(
    assignment_id=HOMEWORK,
    session_id=SESSION,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    **BY_ANNA,
)
on_monday = Work(
    when=Done(start=NOW - timedelta(days=3), zone="Europe/London"), quantity=100, source="verbal"
)
worked = WorkDoneRecorded(work_done=(on_monday,))
tried = WorkDoneRecorded(work_done=(replace(on_monday, quantity=0),))
praised = PraiseGiven(text="You went over to him.")
learned = NonEngagementLearned(
    learning_id=LearningId(UUID(int=3)),
    reevaluated="difficulty",
    direction="higher",
    text="Four people in a week were too many.",
)
completed = ReviewCompleted(
    review_id=opened.review_id,
    assignment_id=HOMEWORK,
    session_id=SESSION,
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    decision="continue",
    completed_at=NOW,
)
complete = CompleteReview(decision="continue", **BY_ANNA)
praise = GivePraise(text="You went over to him.", **BY_ANNA)
skill = RecordSkill(id=SkillId(UUID(int=4)), label="Starting a conversation", **BY_ANNA)
acquired = SkillAcquired(skill_id=SkillId(UUID(int=4)), label="Starting a conversation")


def record(*work: Work) -> RecordWorkDone:
    return RecordWorkDone(work_done=work, **BY_ANNA)


def notices(command: Command, *history: Event) -> list[Notice]:
    before = decider.fold(history)
    after = decider.fold(decider.decide(command, before), onto=before)
    return list(decider.advise(command, after))


def test_c19_a_review_is_opened() -> None:
    nothing_yet.when(open_review).then(opened)


def test_c19_the_pair_of_assignment_and_session_names_the_review() -> None:
    assert review_of(HOMEWORK, SESSION) == opened.review_id
    assert review_of(HOMEWORK, SessionId(HOMEWORK)) != opened.review_id


@pytest.mark.parametrize("later", [(), (worked, completed)], ids=["open", "completed"])
def test_opening_it_again_changes_nothing(later: tuple[Event, ...]) -> None:
    nothing_yet.given(opened, *later).when(open_review).then_nothing_changes()


def test_c19_what_was_done_and_when_is_recorded() -> None:
    nothing_yet.given(opened).when(record(on_monday)).then(worked)


def test_c19_work_runs_forward_in_time() -> None:
    backwards = replace(on_monday.when, end=on_monday.when.start - timedelta(minutes=1))
    nothing_yet.given(opened).when(record(replace(on_monday, when=backwards))).then_rejected(
        WorkEndsBeforeItStarts
    )


def test_c19_work_may_take_no_time_and_clocks_may_be_five_minutes_apart() -> None:
    in_five = NOW + timedelta(minutes=5)
    moment = replace(on_monday, when=replace(on_monday.when, start=in_five, end=in_five))
    nothing_yet.given(opened).when(record(moment)).then(WorkDoneRecorded(work_done=(moment,)))


def test_c19_a_review_looks_back() -> None:
    tomorrow = replace(on_monday.when, start=NOW + timedelta(days=1))
    nothing_yet.given(opened).when(record(replace(on_monday, when=tomorrow))).then_rejected(
        WorkStillToCome
    )


def test_c19_a_skill_is_acquired() -> None:
    nothing_yet.given(opened).when(skill).then(acquired)


def test_a_skill_told_twice_is_acquired_once() -> None:
    nothing_yet.given(opened, acquired).when(skill).then_nothing_changes()


def test_c20_homework_done_is_praised() -> None:
    nothing_yet.given(opened, worked).when(praise).then(praised)
    assert notices(praise, opened, worked) == []


def test_c20_praise_needs_no_words() -> None:
    nothing_yet.given(opened).when(replace(praise, text=None)).then(PraiseGiven())


def test_c20_praise_without_any_work_is_noticed_and_not_refused() -> None:
    assert notices(praise, opened) == [Notice("praise-without-work")]


@pytest.mark.parametrize("effort", [tried, NonEngagementRecorded(engagement="attempted")])
def test_c20_effort_counts(effort: Event) -> None:
    assert notices(praise, opened, effort) == []


def test_c23_non_engagement_is_recorded() -> None:
    occurrence = OccurrenceId(UUID(int=5))
    command = RecordNonEngagement(
        engagement="not_attempted", occurrence_ids=(occurrence,), **BY_ANNA
    )
    nothing_yet.given(opened).when(command).then(
        NonEngagementRecorded(engagement="not_attempted", occurrence_ids=(occurrence,))
    )


def test_c23_not_attempted_where_work_is_recorded_is_noticed() -> None:
    command = RecordNonEngagement(engagement="not_attempted", **BY_ANNA)
    assert notices(command, opened, worked) == [Notice("not-attempted-but-done", "/engagement")]
    assert notices(command, opened, tried) == []


def test_c23_what_was_learned_is_recorded_once() -> None:
    command = RecordNonEngagementLearning(
        id=learned.learning_id,
        reevaluated="difficulty",
        direction="higher",
        text="Four people in a week were too many.",
        **BY_ANNA,
    )
    nothing_yet.given(opened).when(command).then(learned)
    nothing_yet.given(opened, learned).when(command).then_nothing_changes()


@pytest.mark.parametrize("said", [worked, learned], ids=["work done", "only learned"])
def test_c23_a_review_is_completed_with_work_or_with_what_was_learned(said: Event) -> None:
    nothing_yet.given(opened, said).when(complete).then(completed)


@pytest.mark.parametrize(
    "said",
    [(), (praised,), (tried,), (NonEngagementRecorded(engagement="attempted"),)],
    ids=["nothing", "praise", "no quantity", "an attempt"],
)
def test_c23_a_review_with_neither_is_not_complete(said: tuple[Event, ...]) -> None:
    nothing_yet.given(opened, *said).when(complete).then_rejected(NothingReviewed)


def test_work_that_nobody_praised_is_noticed_at_the_end() -> None:
    assert notices(complete, opened, worked) == [Notice("work-not-praised")]
    assert notices(complete, opened, worked, praised) == []
    assert notices(complete, opened, learned) == []


def test_completing_twice_with_one_decision_changes_nothing() -> None:
    nothing_yet.given(opened, worked, completed).when(complete).then_nothing_changes()


def test_a_decision_stands() -> None:
    nothing_yet.given(opened, worked, completed).when(
        replace(complete, decision="stop")
    ).then_rejected(ReviewCompletedAlready)


@pytest.mark.parametrize("command", [praise, skill, record(on_monday)])
def test_nothing_is_added_to_a_completed_review(command: Command) -> None:
    nothing_yet.given(opened, worked, completed).when(command).then_rejected(ReviewCompletedAlready)


@pytest.mark.parametrize("command", [praise, skill, record(on_monday), complete])
def test_nothing_is_said_before_a_review_is_opened(command: Command) -> None:
    nothing_yet.when(command).then_rejected(ReviewNotOpened)


def test_nothing_that_was_said_stays_in_the_state() -> None:
    state = decider.fold([opened, worked, praised, learned, acquired])
    assert "conversation" not in repr(state)
    assert "too many" not in repr(state)
