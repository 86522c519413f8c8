"""C03: a proposal that is declined, revised together, and proposed again."""

from uuid import UUID

import pytest

from libs.testing.cast import NOW, PATIENT, THERAPIST
from services.assignment.domain.agreement import (
    AgreeAssignment,
    AssignmentAgreed,
    AssignmentProposed,
    OnlyTherapistAttests,
    ProposeAssignment,
)
from services.assignment.domain.declining import (
    AssignmentDeclined,
    DeclineAssignment,
    NotProposed,
)
from services.assignment.domain.describing import AssignmentRevised, ReviseAssignment
from services.assignment.domain.homework import NotOpen
from services.assignment.domain.outcome import CompleteHomework
from tests.unit.assignment.cases import activate, agree, create, homework, state_after, told

WHY = "An hour is too long."
propose = told(ProposeAssignment)
decline = told(DeclineAssignment, by=PATIENT, reason=WHY)


def declined(by: str, *, attested: bool = False) -> AssignmentDeclined:
    return AssignmentDeclined(reason=WHY, declined_by=by, attested=attested, declined_at=NOW)  # type: ignore[arg-type]  # a literal


def test_c03_the_patient_declines_with_a_reason() -> None:
    homework(propose).when(decline).then(declined("patient"))


def test_c03_a_therapist_declines_what_the_patient_proposed() -> None:
    by_her = told(ProposeAssignment, by=PATIENT)
    homework(by_her).when(told(DeclineAssignment, reason=WHY)).then(declined("therapist"))


def test_c03_a_therapist_may_attest_that_the_patient_declined() -> None:
    attest = told(DeclineAssignment, reason=WHY, attested=True)
    homework(propose).when(attest).then(declined("patient", attested=True))


def test_c03_a_patient_attests_no_refusal() -> None:
    attest = told(DeclineAssignment, by=PATIENT, reason=WHY, attested=True)
    homework(propose).when(attest).then_rejected(OnlyTherapistAttests)


def test_c03_what_was_declined_is_declined() -> None:
    homework(propose, decline).when(decline).then_nothing_changes()


@pytest.mark.parametrize("said", [(), (agree,), (agree, activate)])
def test_c03_only_a_proposal_is_declined(said: tuple[object, ...]) -> None:
    homework(*said).when(decline).then_rejected(NotProposed)  # type: ignore[arg-type]  # requests


def test_c03_what_is_over_is_not_declined() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=9))
    homework(agree, activate, done).when(decline).then_rejected(NotOpen)


def test_c03_it_is_revised_while_it_is_declined_and_proposed_anew() -> None:
    revise = told(ReviseAssignment, id=UUID(int=4), title="A coffee with Tom")
    homework(propose, decline).when(revise).then(
        AssignmentRevised(
            revision_id=revise.id, title="A coffee with Tom", revised_by="therapist", revised_at=NOW
        )
    )
    homework(propose, decline, revise).when(propose).then(
        AssignmentProposed(proposed_by="therapist", proposed_at=NOW)
    )
    assert state_after(create(), propose, decline, revise, propose).status == "proposed"


def test_c03_who_had_agreed_had_agreed_to_what_was_declined() -> None:
    by_her = told(AgreeAssignment, by=PATIENT)
    by_therapist = told(AgreeAssignment, by=THERAPIST)
    again = (propose, by_therapist, decline, propose)
    assert state_after(create(), *again, by_her).status == "proposed"
    homework(*again).when(by_therapist).then(
        AssignmentAgreed(agreed_by="therapist", attested=False, agreed_at=NOW)
    )
    assert state_after(create(), *again, by_her, by_therapist).status == "agreed"


def test_c03_who_agrees_after_all_proposes_it_again_by_that() -> None:
    homework(propose, decline).when(agree).then(
        AssignmentProposed(proposed_by="therapist", proposed_at=NOW),
        AssignmentAgreed(agreed_by="therapist", attested=True, agreed_at=NOW),
    )
