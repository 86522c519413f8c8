"""What GET shows of how homework came to stand where it stands: every step of its course, and what
it is about as it was last said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.assignment.domain import creation, describing, ending, fit, leaving, outcome
from services.assignment.domain.declining import AssignmentDeclined
from services.assignment.domain.homework import Homework
from services.assignment.domain.pausing import AssignmentPaused, AssignmentResumed
from services.assignment.domain.reopening import AssignmentEnteredInError, AssignmentReopened
from services.assignment.domain.terms import as_said
from services.assignment.telling import all_of


@dataclass(frozen=True, kw_only=True)
class Course:
    """Each list in the order in which it was told; the last end holds, unless it was reopened."""

    self_directed: bool
    fits: tuple[fit.FitExplored, ...]
    declines: tuple[AssignmentDeclined, ...]
    pauses: tuple[AssignmentPaused, ...]
    resumptions: tuple[AssignmentResumed, ...]
    completion: outcome.HomeworkCompleted | None
    partial_completions: tuple[ending.HomeworkPartiallyCompleted, ...]
    not_done: tuple[ending.HomeworkNotDone, ...]
    discontinuations: tuple[ending.AssignmentDiscontinued, ...]
    reopenings: tuple[AssignmentReopened, ...]
    deaths: tuple[leaving.AssignmentEndedByDeath, ...]
    entered_in_error: AssignmentEnteredInError | None


def course(facts: Sequence[object], state: Homework) -> Course:
    return Course(
        self_directed=state.self_directed,
        fits=all_of(facts, fit.FitExplored),
        declines=all_of(facts, AssignmentDeclined),
        pauses=all_of(facts, AssignmentPaused),
        resumptions=all_of(facts, AssignmentResumed),
        completion=next(reversed(all_of(facts, outcome.HomeworkCompleted)), None),
        partial_completions=all_of(facts, ending.HomeworkPartiallyCompleted),
        not_done=all_of(facts, ending.HomeworkNotDone),
        discontinuations=all_of(facts, ending.AssignmentDiscontinued),
        reopenings=all_of(facts, AssignmentReopened),
        deaths=all_of(facts, leaving.AssignmentEndedByDeath),
        entered_in_error=next(iter(all_of(facts, AssignmentEnteredInError)), None),
    )


def task(facts: Sequence[object], created: creation.AssignmentCreated) -> dict[str, Any]:
    """In the words that hold now."""
    said = as_said(creation.Task, created)
    for fact in facts:
        match fact:
            case describing.AssignmentRevised():
                said |= {"title": fact.title, "description": fact.description}
            case describing.TargetCognitionSet():
                said["target_cognition"] = fact.target_cognition
            case describing.ProcedureTagged():
                said["procedure_tags"] = fact.procedure_tags
    return said
