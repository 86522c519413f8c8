"""The written summary (C17): one for each plan version, never changed, seen by the patient."""

from dataclasses import replace

from libs.testing.cast import NOW, PATIENT
from services.assignment.domain.assignment import decider
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.summary import (
    IssueSummary,
    SummaryIssued,
    SummaryOutOfStep,
    SummaryUnknown,
    SummaryViewed,
    ViewSummary,
    Written,
)
from tests.unit.assignment.cases import active, homework, told

WRITTEN = Written(
    plan_version=0,
    summaries=0,
    language="es",
    body_markdown="# Hablar con Larry\n",
    sha256="0" * 64,
)
issue = told(IssueSummary, written=WRITTEN)
issued = SummaryIssued(
    summary_version=1,
    plan_version=0,
    locale="es",
    body_markdown="# Hablar con Larry\n",
    sha256="0" * 64,
    issued_by="therapist",
    issued_at=NOW,
)
view = told(ViewSummary, by=PATIENT, summary_version=1)


def test_c17_a_summary_is_issued_at_any_time_by_either() -> None:
    homework().when(issue).then(issued)
    active().when(replace(issue, by=PATIENT)).then(replace(issued, issued_by="patient"))


def test_c17_another_one_takes_its_place_and_changes_nothing() -> None:
    plan = told(SpecifyPlan, duration_min=10)
    again = replace(issue, written=replace(WRITTEN, plan_version=1, summaries=1))
    homework(issue, plan).when(again).then(replace(issued, summary_version=2, plan_version=1))


def test_c17_what_is_written_already_is_not_issued_again() -> None:
    same = replace(issue, written=replace(WRITTEN, summaries=1, same_as=1))
    homework(issue).when(same).then_nothing_changes()


def test_what_changed_while_it_was_written_is_noticed() -> None:
    plan = told(SpecifyPlan, duration_min=10)
    homework(plan).when(issue).then_rejected(SummaryOutOfStep)
    homework(issue).when(issue).then_rejected(SummaryOutOfStep)
    homework().when(replace(issue, written=None)).then_rejected(SummaryOutOfStep)


def test_c17_the_first_look_at_each_version_is_kept() -> None:
    seen = SummaryViewed(summary_version=1, viewed_at=NOW)
    homework(issue).when(view).then(seen)
    homework(issue, view).when(view).then_nothing_changes()
    second = replace(issue, written=replace(WRITTEN, summaries=1))
    homework(issue, view, second).when(replace(view, summary_version=2)).then(
        replace(seen, summary_version=2)
    )


def test_c17_nobody_sees_what_was_never_issued() -> None:
    homework().when(view).then_rejected(SummaryUnknown)
    homework(issue).when(replace(view, summary_version=2)).then_rejected(SummaryUnknown)


def test_no_rule_remembers_what_it_says() -> None:
    state = decider.fold(homework(issue, view).history)
    assert (getattr(state, "summaries", None), getattr(state, "viewed_summaries", None)) == (
        1,
        frozenset({1}),
    )
