"""What homework is about, said anew: its words, the thought it is to change (C11), the procedures
that it belongs to (C24). Nothing that was scheduled is touched by any of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.changing import changed
from libs.vocabulary.procedure import Procedure
from libs.vocabulary.rating import must_lie_on_its_scale
from libs.vocabulary.text import Prose
from services.assignment.domain.creation import TargetCognition, is_to_a_hundred
from services.assignment.domain.homework import Homework, having_told, must_be_open
from services.assignment.domain.terms import Party, Title, party

RevisionId = NewType("RevisionId", UUID)
TargetId = NewType("TargetId", UUID)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRevised:
    """What is to be done, in new words; they take the place of the earlier ones, both of them."""

    revision_id: RevisionId
    title: Title
    description: Prose | None = None
    revised_by: Party
    revised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCognitionSet:
    """The thought that the homework is to change, in the place of an earlier one."""

    target_id: TargetId
    target_cognition: TargetCognition
    set_by: Party
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureTagged:
    """`procedure_tags` are all that it has now, `procedure` is the new one."""

    procedure: Procedure
    procedure_tags: tuple[Procedure, ...]
    tagged_at: datetime


Fact = AssignmentRevised | TargetCognitionSet | ProcedureTagged


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case AssignmentRevised():
            return having_told(homework, fact.revision_id)
        case TargetCognitionSet():
            return having_told(homework, fact.target_id)
        case ProcedureTagged():
            return changed(homework, procedure_tags=fact.procedure_tags)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseAssignment(Told):
    """Other words for what is to be done: after it was declined, or any time it is open."""

    id: Annotated[RevisionId, MINTED]
    title: Title
    description: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTargetCognition(Told):
    """Which thought the homework is to change."""

    id: Annotated[TargetId, MINTED]
    target_cognition: TargetCognition


@dataclass(frozen=True, slots=True, kw_only=True)
class TagProcedure(Told):
    """Which of the eight related procedures it belongs to."""

    procedure: Procedure


Request = ReviseAssignment | SetTargetCognition | TagProcedure


class TargetBeliefNotToAHundred(Rejected):
    """How far a thought is believed is told on a scale to 100."""

    code = "belief-not-to-a-hundred"
    pointer = "/target_cognition/belief/scale"


# --- Rules. ---


def revise(command: ReviseAssignment, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    return [
        AssignmentRevised(
            revision_id=command.id,
            title=command.title,
            description=command.description,
            revised_by=party(command.by),
            revised_at=command.happened_at,
        )
    ]


def set_target(command: SetTargetCognition, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    belief = command.target_cognition.belief
    must_lie_on_its_scale(belief)
    if not is_to_a_hundred(belief):
        raise TargetBeliefNotToAHundred
    return [
        TargetCognitionSet(
            target_id=command.id,
            target_cognition=command.target_cognition,
            set_by=party(command.by),
            set_at=command.happened_at,
        )
    ]


def tag(command: TagProcedure, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if command.procedure in homework.procedure_tags:
        return []
    return [
        ProcedureTagged(
            procedure=command.procedure,
            procedure_tags=(*homework.procedure_tags, command.procedure),
            tagged_at=command.happened_at,
        )
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case ReviseAssignment():
            return revise(command, homework)
        case SetTargetCognition():
            return set_target(command, homework)
        case TagProcedure():
            return tag(command, homework)
        case _:
            assert_never(command)
