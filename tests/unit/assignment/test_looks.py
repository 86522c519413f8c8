"""Of what the clock has to be told: whatever brings the next look at homework closer."""

from collections.abc import Iterator, Sequence

import pytest

from libs.eventstore.versions import first_version_of
from libs.testing.cast import PATIENT
from services.assignment.domain.assignment import Command, Event, decider
from services.assignment.domain.homework import Homework
from services.assignment.domain.outcome import CompleteHomework, CompletionId
from services.assignment.domain.passing import next_look
from services.assignment.domain.pausing import PauseAssignment, ResumeAssignment
from services.assignment.domain.reopening import ReopenAssignment
from services.assignment.examples import REQUESTS
from services.assignment.looks import CHANGES
from services.assignment.played import histories
from services.assignment.wire import assignments
from tests.unit.assignment.cases import LATER, told
from tests.unit.assignment.test_passing import daily

pause = told(PauseAssignment, reason="illness")
resume = told(ResumeAssignment, by=PATIENT, at=LATER)
done = told(CompleteHomework, id=CompletionId(PATIENT.person_id))
reopen = told(ReopenAssignment, at=LATER, reason="Once more.")


def continued(begun: Sequence[Event], *commands: Command) -> Sequence[Event]:
    facts = list(begun)
    for command in commands:
        facts += decider.decide(command, decider.fold(facts))
    return facts


RESTED = continued(daily, pause, resume)
REOPENED = continued(daily, done, reopen)


def bringing_it_closer(facts: Sequence[Event]) -> Iterator[str]:
    before = None
    for number, fact in enumerate(facts, start=1):
        state = decider.fold(facts[:number])
        assert isinstance(state, Homework)
        look = next_look(state, LATER)
        if look is not None and (before is None or look < before):
            yield first_version_of(assignments.wire.names[type(fact)])
        before = look


@pytest.mark.parametrize("facts", [*histories(REQUESTS), RESTED, REOPENED])
def test_whatever_brings_the_next_look_closer_asks_for_one(facts: Sequence[Event]) -> None:
    assert set(bringing_it_closer(facts)) <= CHANGES


def test_what_goes_on_and_what_is_reopened_is_looked_at_again() -> None:
    assert "interlude.assignment.AssignmentResumed.v1" in set(bringing_it_closer(RESTED))
    assert "interlude.assignment.AssignmentReopened.v1" in set(bringing_it_closer(REOPENED))
