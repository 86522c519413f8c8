"""Homework given in one request: each part is decided by its own rules, in the order in which two
people would say it, and all of it is recorded together or not at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen

from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from services.assignment.domain.agreement import AgreeAssignment
from services.assignment.domain.components import (
    MOST_COMPONENTS,
    AddComponent,
    Component,
    GradeComponents,
    GradedComponent,
    GradingId,
)
from services.assignment.domain.creation import CreateAssignment, Wish
from services.assignment.domain.due import NEXT_SESSION, DueRule, Meeting
from services.assignment.domain.outcome import ActivateAssignment
from services.assignment.domain.plan import Plan, SpecifyPlan
from services.assignment.domain.readiness import LOW_CONFIDENCE, RateReadiness, Readiness
from services.assignment.domain.reasons import GiveRationale, Rationale, RationaleId
from services.assignment.domain.taken_over import Taken
from services.assignment.domain.terms import (
    AssignmentId,
    ComponentId,
    GoalId,
    PatientId,
    RatingId,
    as_said,
)


@dataclass(frozen=True, kw_only=True)
class GivenRationale(Rationale):
    id: Annotated[RationaleId, MINTED]


@dataclass(frozen=True, kw_only=True)
class GivenRatings(Readiness):
    id: Annotated[RatingId, MINTED]


@dataclass(frozen=True, kw_only=True)
class GivenComponent(Component):
    id: Annotated[ComponentId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGrading:
    """Ratings given in the same request are its reason."""

    id: Annotated[GradingId, MINTED]
    components: Annotated[tuple[GradedComponent, ...], MinLen(2), MaxLen(MOST_COMPONENTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveHomework(Told, Wish):
    """Created, agreed as the therapist attests, and active; the rest may follow in any order."""

    id: Annotated[AssignmentId, MINTED]
    patient_id: PatientId
    due: DueRule = NEXT_SESSION
    rationale: GivenRationale | None = None
    components: Annotated[tuple[GivenComponent, ...], MaxLen(MOST_COMPONENTS)] = ()
    plan: Plan | None = None
    ratings: GivenRatings | None = None
    grading: GivenGrading | None = None
    meeting: Annotated[Meeting | None, LOOKED_UP] = None
    open_goals: Annotated[frozenset[GoalId], LOOKED_UP] = frozenset()
    patient_zone: Annotated[str, LOOKED_UP] = "UTC"
    low_confidence_below: Annotated[float, LOOKED_UP] = LOW_CONFIDENCE
    rationale_gate: Annotated[bool, LOOKED_UP] = False
    template: Annotated[Taken | None, LOOKED_UP] = None


Part = (
    CreateAssignment
    | GiveRationale
    | AddComponent
    | SpecifyPlan
    | RateReadiness
    | GradeComponents
    | AgreeAssignment
    | ActivateAssignment
)


def parts(given: GiveHomework) -> Iterator[Part]:
    told = as_said(Told, given)
    yield CreateAssignment(
        **told,
        **as_said(Wish, given),
        id=given.id,
        patient_id=given.patient_id,
        due=given.due,
        meeting=given.meeting,
        template=_template(given),
        patient_zone=given.patient_zone,
    )
    if given.rationale is not None:
        words = as_said(GivenRationale, given.rationale)
        yield GiveRationale(**told, **words, open_goals=given.open_goals)
    for component in given.components:
        yield AddComponent(**told, **as_said(GivenComponent, component))
    if given.plan is not None:
        yield SpecifyPlan(**told, **as_said(Plan, given.plan), patient_zone=given.patient_zone)
    yield from _how_ready(given, told)
    yield AgreeAssignment(**told, attested=True)
    yield ActivateAssignment(**told, meeting=given.meeting, rationale_gate=given.rationale_gate)


def _template(given: GiveHomework) -> Taken | None:
    """Who brings a plan of their own does not want the template's."""
    if given.template is None or given.plan is None:
        return given.template
    return replace(given.template, plan=None)


def _how_ready(given: GiveHomework, told: dict[str, Any]) -> Iterator[Part]:
    if given.ratings is not None:
        words = as_said(GivenRatings, given.ratings)
        yield RateReadiness(**told, **words, low_confidence_below=given.low_confidence_below)
    if given.grading is not None:
        yield GradeComponents(
            **told,
            id=given.grading.id,
            components=given.grading.components,
            because_rating_id=given.ratings.id if given.ratings else None,
        )
