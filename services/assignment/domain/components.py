"""The parts of homework (C31): four people to talk to, where to start, how hard each is (C16)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from annotated_types import MaxLen, MinLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Label
from services.assignment.domain.homework import Homework, having_told, must_be_open
from services.assignment.domain.readiness import must_be_known
from services.assignment.domain.terms import (
    ComponentId,
    Contact,
    Party,
    RatingId,
    as_said,
    must_share_a_scale,
    party,
)

GradingId = NewType("GradingId", UUID)

MOST_COMPONENTS = 30


@dataclass(frozen=True, kw_only=True)
class Component:
    label: Label
    contact: Contact | None = None
    topic: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedComponent:
    """A component that exists, by its id, or a new one with its label."""

    component_id: Annotated[ComponentId, MINTED]
    difficulty: Rating
    label: Label | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentAdded(Component):
    """A step or part of the homework, maybe with somebody (`contact`)."""

    component_id: ComponentId
    added_by: Party
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstComponentChosen:
    """Which component to start with."""

    component_id: ComponentId
    chosen_by: Party
    chosen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentsGraded:
    """From the easiest to the hardest; ties stay in the order in which they were told."""

    grading_id: GradingId
    components: tuple[GradedComponent, ...]
    because_rating_id: RatingId | None = None
    graded_by: Party
    graded_at: datetime


Fact = ComponentAdded | FirstComponentChosen | ComponentsGraded


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case ComponentAdded():
            return _with_components(homework, fact.component_id)
        case FirstComponentChosen():
            return replace(homework, first_component_id=fact.component_id)
        case ComponentsGraded():
            graded = _with_components(homework, *(each.component_id for each in fact.components))
            return having_told(graded, fact.grading_id)
        case _:
            assert_never(fact)


def _with_components(homework: Homework, *ids: ComponentId) -> Homework:
    return having_told(replace(homework, components=homework.components.union(ids)), *ids)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComponent(Told, Component):
    """A part of the homework that can be done by itself."""

    id: Annotated[ComponentId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseFirstComponent(Told):
    """Where to start."""

    component_id: ComponentId


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeComponents(Told):
    """How hard each part is, so that the easiest can come first."""

    id: Annotated[GradingId, MINTED]
    components: Annotated[tuple[GradedComponent, ...], MinLen(2), MaxLen(MOST_COMPONENTS)]
    because_rating_id: RatingId | None = None


Request = AddComponent | ChooseFirstComponent | GradeComponents


class UnknownComponent(Rejected):
    """A component that nobody added; a new one in a grading brings its label."""

    code = "component-unknown"


class TooManyComponents(Rejected):
    code = "too-many-components"


class ComponentRepeated(Rejected):
    code = "component-repeated"
    pointer = "/components"


# --- Rules. ---


def add(command: AddComponent, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if len(homework.components) >= MOST_COMPONENTS:
        raise TooManyComponents
    return [
        ComponentAdded(
            **as_said(Component, command),
            component_id=command.id,
            added_by=party(command.by),
            added_at=command.happened_at,
        )
    ]


def choose_first(command: ChooseFirstComponent, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if command.component_id not in homework.components:
        raise UnknownComponent
    if command.component_id == homework.first_component_id:
        return []
    return [
        FirstComponentChosen(
            component_id=command.component_id,
            chosen_by=party(command.by),
            chosen_at=command.happened_at,
        )
    ]


def grade(command: GradeComponents, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    must_be_known(command.because_rating_id, homework)
    _must_be_told_apart(command.components, homework)
    must_share_a_scale(*(each.difficulty for each in command.components))
    for each in command.components:
        must_lie_on_its_scale(each.difficulty)
    return [
        ComponentsGraded(
            grading_id=command.id,
            components=tuple(sorted(command.components, key=lambda each: each.difficulty.value)),
            because_rating_id=command.because_rating_id,
            graded_by=party(command.by),
            graded_at=command.happened_at,
        )
    ]


def _must_be_told_apart(graded: Sequence[GradedComponent], homework: Homework) -> None:
    ids = {each.component_id for each in graded}
    if len(ids) < len(graded):
        raise ComponentRepeated
    if any(each.label is None and each.component_id not in homework.components for each in graded):
        raise UnknownComponent
    if len(homework.components | ids) > MOST_COMPONENTS:
        raise TooManyComponents


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case AddComponent():
            return add(command, homework)
        case ChooseFirstComponent():
            return choose_first(command, homework)
        case GradeComponents():
            return grade(command, homework)
        case _:
            assert_never(command)
