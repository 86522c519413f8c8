"""What homework is about, said anew: its words (T1), its target thought (C11), its tags (C24)."""

from typing import get_args
from uuid import UUID

import pytest

from libs.testing.cast import NOW, PATIENT
from libs.vocabulary.procedure import Procedure
from services.assignment.domain.creation import TargetCognition
from services.assignment.domain.describing import (
    AssignmentRevised,
    ProcedureTagged,
    ReviseAssignment,
    SetTargetCognition,
    TagProcedure,
    TargetBeliefNotToAHundred,
    TargetCognitionSet,
)
from services.assignment.domain.homework import NotOpen
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.reopening import EnterInError
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.timing import Timing
from tests.unit.assignment.cases import (
    active,
    create,
    homework,
    nothing_yet,
    of_hundred,
    of_ten,
    state_after,
    told,
)
from tests.unit.assignment.cases import after as facts_of

THOUGHT = "They will feel trapped."
revise = told(ReviseAssignment, by=PATIENT, id=UUID(int=4), title="A coffee with Tom")
aim = told(
    SetTargetCognition,
    id=UUID(int=5),
    target_cognition=TargetCognition(text=THOUGHT, belief=of_hundred(60)),
)
tag = told(TagProcedure, procedure="experiment")
daily = told(
    SpecifyPlan,
    timing=Timing(rule="scheduled", zone="Europe/London", part_of_day=("evening",)),
    frequency=Frequency(count=1, per="day"),
    patient_zone="Europe/London",
)


def test_t1_other_words_touch_nothing_that_was_scheduled() -> None:
    active(daily).when(revise).then(
        AssignmentRevised(
            revision_id=revise.id, title="A coffee with Tom", revised_by="patient", revised_at=NOW
        )
    )


def test_t1_said_again_they_are_the_same() -> None:
    homework(revise).when(revise).then_nothing_changes()


def test_c11_the_thought_to_change_may_be_named_later() -> None:
    (fact,) = homework().when(aim)._decide()
    assert isinstance(fact, TargetCognitionSet)
    assert fact.target_cognition.text == THOUGHT
    assert (fact.set_by, fact.set_at) == ("therapist", NOW)
    homework(aim).when(aim).then_nothing_changes()


def test_c11_how_far_it_is_believed_is_told_to_a_hundred() -> None:
    of_ten_only = TargetCognition(text=THOUGHT, belief=of_ten(6))
    homework().when(
        told(SetTargetCognition, id=UUID(int=5), target_cognition=of_ten_only)
    ).then_rejected(TargetBeliefNotToAHundred)


def test_c24_there_are_eight_procedures_and_each_may_be_tagged() -> None:
    assert len(get_args(Procedure)) == 8
    tags = [told(TagProcedure, procedure=each) for each in get_args(Procedure)]
    assert state_after(create(), *tags).procedure_tags == get_args(Procedure)


def test_c24_a_tag_comes_beside_those_that_it_had() -> None:
    created = nothing_yet.given(*facts_of(create(procedure_tags=("role_play",))))
    created.when(tag).then(
        ProcedureTagged(
            procedure="experiment", procedure_tags=("role_play", "experiment"), tagged_at=NOW
        )
    )


def test_c24_what_is_tagged_is_tagged() -> None:
    homework(tag).when(tag).then_nothing_changes()
    tagged = nothing_yet.given(*facts_of(create(procedure_tags=("experiment",))))
    tagged.when(tag).then_nothing_changes()


@pytest.mark.parametrize("request_", [revise, aim, tag])
def test_what_is_over_is_described_no_more(
    request_: ReviseAssignment | SetTargetCognition | TagProcedure,
) -> None:
    homework(told(EnterInError, reason="Twice.")).when(request_).then_rejected(NotOpen)
