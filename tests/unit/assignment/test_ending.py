"""How homework ends otherwise than done, and is taken up again; what was never homework."""

from uuid import UUID

import pytest

from libs.testing.cast import NOW, PATIENT
from services.assignment.domain.agreement import OnlyTherapistAttests
from services.assignment.domain.ending import (
    AssignmentDiscontinued,
    CompletePartially,
    DiscontinueAssignment,
    HomeworkNotDone,
    HomeworkPartiallyCompleted,
    ReasonMissing,
    RecordNotDone,
)
from services.assignment.domain.homework import NotActive, NotOpen, UnknownOccurrence
from services.assignment.domain.outcome import CompleteHomework
from services.assignment.domain.reopening import (
    AssignmentEnteredInError,
    AssignmentReopened,
    EnterInError,
    InError,
    ReopenAssignment,
)
from services.assignment.domain.situation import StatePrediction
from services.assignment.domain.terms import InTheFuture, OccurrenceId, Period
from tests.unit.assignment.cases import (
    LATER,
    activate,
    active,
    after,
    agree,
    create,
    homework,
    state_after,
    told,
)

COMPLETION = UUID(int=7)
in_part = told(CompletePartially, by=PATIENT, id=COMPLETION, quantity=50)
not_done = told(RecordNotDone, by=PATIENT, id=COMPLETION, note="They had visitors all week.")
stop = told(DiscontinueAssignment, by=PATIENT)
reopen = told(ReopenAssignment, reason="Once more, about the weekend.")
in_error = told(EnterInError, reason="It was written down twice.")


def test_half_of_it_may_be_done() -> None:
    active().when(in_part).then(
        HomeworkPartiallyCompleted(
            completion_id=in_part.id,
            quantity=50,
            completed_by="patient_report",
            completed_at=NOW,
        )
    )


def test_a_therapist_may_say_that_half_was_done() -> None:
    active().when(told(CompletePartially, id=COMPLETION, quantity=50)).then(
        HomeworkPartiallyCompleted(
            completion_id=in_part.id,
            quantity=50,
            completed_by="therapist_confirmation",
            completed_at=NOW,
        )
    )


def test_half_done_is_half_done_whoever_says_it_again() -> None:
    again = told(CompletePartially, id=UUID(int=8), quantity=60)
    homework(agree, activate, in_part).when(again).then_nothing_changes()


def test_c35_what_was_done_in_part_had_begun() -> None:
    predict = told(
        StatePrediction, id=UUID(int=3), prediction="He won't talk.", observable_sign="He leaves."
    )
    (stated,) = after(create(), agree, activate, in_part, predict)[-1:]
    assert getattr(stated, "stated_afterwards", None) is True


def test_nobody_tells_of_what_is_still_to_come() -> None:
    tomorrow = told(
        CompletePartially, id=COMPLETION, quantity=50, experienced_at=Period(start=LATER)
    )
    active().when(tomorrow).then_rejected(InTheFuture)


def test_a_window_that_is_not_its_own_was_not_done() -> None:
    elsewhere = told(
        CompletePartially, id=COMPLETION, quantity=50, occurrence_id=OccurrenceId(UUID(int=5))
    )
    active().when(elsewhere).then_rejected(UnknownOccurrence)


def test_nothing_done_is_told_and_needs_no_reason() -> None:
    active().when(told(RecordNotDone, by=PATIENT, id=COMPLETION)).then(
        HomeworkNotDone(not_done_id=not_done.id, told_by="patient", told_at=NOW)
    )


@pytest.mark.parametrize("request_", [in_part, not_done])
def test_what_had_not_begun_is_neither_done_in_part_nor_not_done(
    request_: CompletePartially | RecordNotDone,
) -> None:
    homework(agree).when(request_).then_rejected(NotActive)


def test_a_patient_may_stop_without_a_reason() -> None:
    active().when(stop).then(
        AssignmentDiscontinued(because="stopped", discontinued_by="patient", discontinued_at=NOW)
    )


def test_a_therapist_who_stops_it_says_why() -> None:
    active().when(told(DiscontinueAssignment)).then_rejected(ReasonMissing)
    active().when(told(DiscontinueAssignment, reason="Tom has moved.")).then(
        AssignmentDiscontinued(
            because="stopped",
            reason="Tom has moved.",
            discontinued_by="therapist",
            discontinued_at=NOW,
        )
    )


def test_a_therapist_may_attest_that_the_patient_stopped() -> None:
    active().when(told(DiscontinueAssignment, attested=True)).then(
        AssignmentDiscontinued(
            because="stopped", discontinued_by="patient", attested=True, discontinued_at=NOW
        )
    )
    active().when(told(DiscontinueAssignment, by=PATIENT, attested=True)).then_rejected(
        OnlyTherapistAttests
    )


def test_also_a_draft_may_be_given_up_but_not_what_is_over() -> None:
    assert state_after(create(), stop).status == "discontinued"
    homework(agree, activate, in_part).when(stop).then_rejected(NotOpen)


def test_what_ended_is_taken_up_again_with_a_reason() -> None:
    homework(agree, activate, in_part).when(reopen).then(
        AssignmentReopened(
            because="taken_up_again",
            status="active",
            reason="Once more, about the weekend.",
            reopened_by="therapist",
            reopened_at=NOW,
        )
    )


def test_a_draft_that_was_given_up_is_a_draft_again() -> None:
    assert state_after(create(), stop, reopen).status == "draft"


def test_what_ended_once_more_may_be_reopened_once_more() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=8))
    twice = (agree, activate, in_part, reopen, done, reopen)
    assert state_after(create(), *twice).status == "active"


def test_what_is_open_is_open() -> None:
    active().when(reopen).then_nothing_changes()


@pytest.mark.parametrize("said", [(), (agree, activate), (agree, activate, in_part)])
def test_what_was_never_homework_is_marked_so_wherever_it_stands(said: tuple[object, ...]) -> None:
    homework(*said).when(in_error).then(  # type: ignore[arg-type]  # requests
        AssignmentEnteredInError(reason="It was written down twice.", entered_in_error_at=NOW)
    )


def test_from_an_error_there_is_no_way_back() -> None:
    homework(in_error).when(in_error).then_nothing_changes()
    homework(in_error).when(reopen).then_rejected(InError)
    homework(in_error).when(agree).then_rejected(NotOpen)
