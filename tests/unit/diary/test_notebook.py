"""Reviewed homework files itself in the patient's notebook, once (C18, P2)."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.eventstore.telling import Actor
from libs.testing.cast import MASHA, NOW
from libs.testing.scenario import Scenario
from services.diary.domain.entry import AssignmentId, PatientId
from services.diary.domain.notebook import (
    Command,
    Event,
    FileHomework,
    HomeworkFiled,
    Kept,
    ReviewId,
    SessionId,
    State,
    decider,
)

empty: Scenario[Command, State, Event] = Scenario(decider)
filed = HomeworkFiled(
    patient_id=PatientId(MASHA),
    assignment_id=AssignmentId(UUID(int=1)),
    review_id=ReviewId(UUID(int=2)),
    session_id=SessionId(UUID(int=3)),
    filed_at=NOW,
)
file = FileHomework(
    by=Actor(person_id=UUID(int=9), role="system"),
    happened_at=NOW,
    now=NOW,
    patient_id=PatientId(MASHA),
    assignment_id=AssignmentId(UUID(int=1)),
    review_id=ReviewId(UUID(int=2)),
    session_id=SessionId(UUID(int=3)),
)


def test_reviewed_homework_is_filed() -> None:
    empty.when(file).then(filed)


def test_p2_the_same_review_files_it_once() -> None:
    empty.given(filed).when(file).then_nothing_changes()


def test_the_next_review_of_the_same_homework_is_filed_too() -> None:
    again = replace(file, review_id=ReviewId(UUID(int=5)))
    empty.given(filed).when(again).then(replace(filed, review_id=ReviewId(UUID(int=5))))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=20))
def test_however_often_reviews_are_told_each_is_filed_once(told: list[tuple[int, int]]) -> None:
    state: State = decider.initial
    facts: list[Event] = []
    for assignment, review in told:
        command = replace(
            file,
            assignment_id=AssignmentId(UUID(int=assignment)),
            review_id=ReviewId(UUID(int=review)),
        )
        new = decider.decide(command, state)
        facts.extend(new)
        state = decider.fold(new, onto=state)
    assert len(facts) == len(set(told))
    assert not told or (isinstance(state, Kept) and len(state.filed) == len(set(told)))
