"""What a summary says, out of all that was said: the newest of each, and only what was said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from libs.privacy.private import Private
from services.assignment.domain.components import (
    ComponentAdded,
    ComponentsGraded,
    FirstComponentChosen,
)
from services.assignment.domain.creation import AssignmentCreated
from services.assignment.domain.obstacles import ObstacleAnticipated, ObstacleResponsePlanned
from services.assignment.domain.plan import FrequencyReduced, Plan, PlanRevised, PlanSpecified
from services.assignment.domain.reasons import RationaleGiven
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.situation import PredictionStated
from services.assignment.domain.terms import GoalId

Kind = TypeVar("Kind")

LONGEST = 600
"""Characters of one text. A summary reminds; the whole stands in the record."""

MOST_OBSTACLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """`when` and `then` are the if and then of the response to it, where one was planned."""

    text: str | None
    when: str | None = None
    then: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Texts are on one line and none is longer than `LONGEST`. None is what nobody said, or what
    cannot be read any more.
    """

    title: str | None
    instructions: str | None
    why: str | None
    goals: Sequence[str]
    plan: Plan | None
    plan_version: int
    frequency: Frequency | None
    obstacles: Sequence[Foreseen] | None
    first_step: str | None
    expected_learning: str | None
    dimensions: Sequence[str]
    signs: Sequence[str]


def gathered(facts: Sequence[object], goals: Iterable[Private]) -> Gathered:
    """`facts` are those of the homework, opened; `goals` what its newest rationale serves."""
    (created,) = _all(facts, AssignmentCreated)
    rationale = _newest(facts, RationaleGiven)
    plan, version, frequency = _plan(facts)
    return Gathered(
        title=line(created.title),
        instructions=line(created.instructions),
        why=line(rationale.text) if rationale else None,
        goals=_lines(goals),
        plan=plan,
        plan_version=version,
        frequency=frequency,
        obstacles=_obstacles(facts, plan),
        first_step=_first_step(facts),
        expected_learning=line(rationale.expected_learning) if rationale else None,
        dimensions=rationale.monitored_dimensions if rationale else (),
        signs=_lines(fact.observable_sign for fact in _all(facts, PredictionStated)[-3:]),
    )


def goals_served(facts: Sequence[object]) -> Sequence[GoalId]:
    """By the newest rationale."""
    rationale = _newest(facts, RationaleGiven)
    return rationale.goal_ids if rationale else ()


def line(said: Private | None) -> str | None:
    """On one line: what somebody wrote must not look like what stands around it."""
    if not isinstance(said, str):
        return None
    told = " ".join(said.split())
    return told if len(told) <= LONGEST else f"{told[: LONGEST - 1].rstrip()}…"


def _lines(said: Iterable[Private | None]) -> Sequence[str]:
    return tuple(told for told in map(line, said) if told is not None)


def _all(facts: Iterable[object], kind: type[Kind]) -> Sequence[Kind]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _newest(facts: Iterable[object], kind: type[Kind]) -> Kind | None:
    return next(iter(reversed(_all(facts, kind))), None)


def _plan(facts: Sequence[object]) -> tuple[Plan | None, int, Frequency | None]:
    """A reduced frequency is a version that differs in that alone."""
    plan: Plan | None = None
    version, frequency = 0, None
    for fact in facts:
        if isinstance(fact, PlanSpecified | PlanRevised):
            plan, version, frequency = fact, fact.plan_version, fact.frequency
        elif isinstance(fact, FrequencyReduced):
            version, frequency = fact.plan_version, fact.after
    return plan, version, frequency


def _obstacles(facts: Sequence[object], plan: Plan | None) -> Sequence[Foreseen] | None:
    """None: nobody has asked. An empty list: asked, none foreseen."""
    responses = {fact.obstacle_id: fact for fact in _all(facts, ObstacleResponsePlanned)}
    known: dict[Any, Foreseen] = {}
    for obstacle in (plan and plan.obstacles) or ():
        known[obstacle.id] = Foreseen(
            text=line(obstacle.text), then=line(obstacle.planned_response)
        )
    for fact in _all(facts, ObstacleAnticipated):
        known[fact.obstacle_id] = Foreseen(text=line(fact.text), then=line(fact.planned_response))
    for obstacle_id, response in responses.items():
        text = known[obstacle_id].text if obstacle_id in known else None
        known[obstacle_id] = Foreseen(
            text=text, when=line(response.if_text), then=line(response.then_text)
        )
    asked = plan is not None and plan.obstacles is not None
    told = [each for each in known.values() if each.text or each.then]
    return told[:MOST_OBSTACLES] if told or asked else None


def _first_step(facts: Sequence[object]) -> str | None:
    """The chosen one, else the easiest, else the one that was named first."""
    labels: dict[Any, str | None] = {
        fact.component_id: line(fact.label) for fact in _all(facts, ComponentAdded)
    }
    grading, chosen = _newest(facts, ComponentsGraded), _newest(facts, FirstComponentChosen)
    easiest = grading.components if grading else ()
    labels |= {each.component_id: line(each.label) for each in easiest if each.label}
    if chosen is not None:
        return labels.get(chosen.component_id)
    ordered = [labels.get(each.component_id) for each in easiest] or [*labels.values()]
    return ordered[0] if ordered else None
