"""Homework rests (illness, holiday, admission) and goes on."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.testing.cast import NOW, PATIENT
from services.assignment.domain.homework import NotActive
from services.assignment.domain.outcome import ActivateAssignment, CompleteHomework
from services.assignment.domain.pausing import (
    AssignmentPaused,
    AssignmentResumed,
    PauseAssignment,
    PauseReason,
    ResumeAssignment,
)
from services.assignment.domain.resting import Pause
from tests.unit.assignment.cases import (
    LATER,
    activate,
    active,
    agree,
    create,
    homework,
    state_after,
    told,
)

pause = told(PauseAssignment, reason="holiday", note="Tom is away for a week.")
resume = told(ResumeAssignment, by=PATIENT, at=LATER)


@pytest.mark.parametrize("reason", ["illness", "holiday", "admission", "other"])
def test_it_rests_for_a_reason(reason: PauseReason) -> None:
    active().when(told(PauseAssignment, by=PATIENT, reason=reason)).then(
        AssignmentPaused(reason=reason, paused_by="patient", paused_at=NOW)
    )


def test_it_goes_on() -> None:
    homework(agree, activate, pause).when(resume).then(
        AssignmentResumed(resumed_by="patient", resumed_at=LATER)
    )


def test_since_when_and_until_when_it_rested_is_known() -> None:
    again = told(PauseAssignment, reason="illness", at=LATER + timedelta(days=3))
    state = state_after(create(), agree, activate, pause, resume, again)
    assert state.status == "paused"
    assert state.pauses == (
        Pause(since=NOW, until=LATER),
        Pause(since=LATER + timedelta(days=3)),
    )


def test_what_rests_is_not_paused_again_nor_begun_again() -> None:
    resting = homework(agree, activate, pause)
    resting.when(told(PauseAssignment, reason="illness")).then_nothing_changes()
    resting.when(told(ActivateAssignment)).then_nothing_changes()


def test_what_goes_on_is_not_resumed() -> None:
    active().when(resume).then_nothing_changes()


@pytest.mark.parametrize("request_", [pause, resume])
def test_only_what_is_under_way_rests_and_goes_on(
    request_: PauseAssignment | ResumeAssignment,
) -> None:
    homework(agree).when(request_).then_rejected(NotActive)


def test_what_was_done_while_it_rested_was_done() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=7))
    assert state_after(create(), agree, activate, pause, done).status == "completed"
