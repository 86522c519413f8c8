"""A clear and specific plan (C14): site, timing with its cue (C32), frequency, duration, obstacles,
and a quantified target (C27). Every slot is optional and may come later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le, MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.obstacle import Obstacle
from libs.vocabulary.rating import must_lie_on_its_scale
from libs.vocabulary.text import Label
from services.assignment.domain.homework import Homework, must_be_open, with_obstacles
from services.assignment.domain.schedule import Frequency, Schedule, Travel
from services.assignment.domain.terms import (
    Contact,
    Party,
    RatingId,
    as_said,
    party,
)
from services.assignment.domain.timing import Timing, travel_of

SiteKind = Literal["home", "work", "public", "online", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    kind: SiteKind
    label: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How much: four conversations, with different people, over the next weeks.

    Different people (`distinct`) are counted by their `contact_ref`.
    """

    count: Annotated[int, Ge(1), Le(1000)]
    unit: Label
    with_whom: Label | None = None
    distinct: bool = False
    period: Literal["day", "week", "weeks", "between_sessions"] | None = None
    contacts: Annotated[tuple[Contact, ...], MaxLen(50)] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`obstacles` empty means *asked, none foreseen*; left out, that nobody has asked yet."""

    site: Site | None = None
    timing: Timing | None = None
    frequency: Frequency | None = None
    duration_min: Annotated[int, Ge(1), Le(480)] | None = None
    duration_max_min: Annotated[int, Ge(1), Le(480)] | None = None
    obstacles: Annotated[tuple[Obstacle, ...], MaxLen(20)] | None = None
    target: Target | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSpecified(Plan):
    """`zone` is where its local times are, and `travel` what they do when the patient travels, both
    resolved when it was made.
    """

    plan_version: int
    zone: str
    travel: Travel = "fixed_zone"
    specified_by: Party
    specified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRevised(Plan):
    """A whole new version; what was done under the earlier ones stays as it was."""

    plan_version: int
    zone: str
    travel: Travel = "fixed_zone"
    revised_by: Party
    revised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyReduced:
    """A new plan version that differs in its frequency alone."""

    plan_version: int
    before: Frequency
    after: Frequency
    because_rating_id: RatingId | None = None
    reduced_at: datetime


Fact = PlanSpecified | PlanRevised | FrequencyReduced


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case PlanSpecified():
            return _planned(homework, fact, fact.specified_at)
        case PlanRevised():
            return _planned(homework, fact, fact.revised_at)
        case FrequencyReduced():
            return _reduced(homework, fact)
        case _:
            assert_never(fact)


def _planned(homework: Homework, fact: PlanSpecified | PlanRevised, since: datetime) -> Homework:
    planned = replace(
        homework,
        plan_version=fact.plan_version,
        frequency=fact.frequency,
        schedule=_schedule(homework, fact, since),
    )
    return with_obstacles(planned, *(obstacle.id for obstacle in fact.obstacles or ()))


def _schedule(
    homework: Homework, fact: PlanSpecified | PlanRevised, since: datetime
) -> Schedule | None:
    timing = fact.timing
    if timing is None:
        return None
    return Schedule(
        assignment_id=homework.assignment_id,
        plan_version=fact.plan_version,
        rule=timing.rule,
        zone=fact.zone,
        begins=max(since, homework.given_at),
        on_date=timing.on_date,
        on_days=timing.on_days,
        every_weeks=timing.every_weeks,
        times=tuple(sorted(set(timing.time_of_day))),
        parts=tuple(dict.fromkeys(timing.part_of_day)),
        frequency=fact.frequency,
        travel=fact.travel,
    )


def _reduced(homework: Homework, fact: FrequencyReduced) -> Homework:
    schedule = homework.schedule and replace(
        homework.schedule,
        plan_version=fact.plan_version,
        frequency=fact.after,
        begins=max(fact.reduced_at, homework.schedule.begins),
    )
    return replace(
        homework, plan_version=fact.plan_version, frequency=fact.after, schedule=schedule
    )


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecifyPlan(Told, Plan):
    """Said again, it makes the next version."""

    patient_zone: Annotated[str, LOOKED_UP] = "UTC"


class TriggerMissing(Rejected):
    """What happens *as it happens* needs to say what."""

    code = "trigger-missing"
    pointer = "/timing/trigger"


class FrequencyMissing(Rejected):
    """*So many times* needs to say how many."""

    code = "frequency-missing"
    pointer = "/frequency"


class DurationRange(Rejected):
    code = "duration-range"
    pointer = "/duration_max_min"


class ObstacleRepeated(Rejected):
    code = "obstacle-repeated"
    pointer = "/obstacles"


class FrequencyUnitDiffers(Rejected):
    """Three a week and one a day are not compared."""

    code = "frequency-unit-differs"
    pointer = "/frequency/per"


class FrequencyNotLower(Rejected):
    code = "frequency-not-lower"
    pointer = "/frequency/count"


class NoFrequencyYet(Rejected):
    code = "no-frequency-yet"
    pointer = "/frequency"


# --- Rules. ---


def specify(command: SpecifyPlan, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    must_make_sense(command)
    zone = command.timing.zone if command.timing is not None else None
    version, by, at = homework.plan_version + 1, party(command.by), command.happened_at
    said = as_said(Plan, command) | {
        "plan_version": version,
        "zone": zone or command.patient_zone,
        "travel": travel_of(command.timing),
    }
    if version == 1:
        return [PlanSpecified(**said, specified_by=by, specified_at=at)]
    return [PlanRevised(**said, revised_by=by, revised_at=at)]


def must_make_sense(plan: Plan) -> None:
    _must_be_a_range(plan.duration_min, plan.duration_max_min)
    for obstacle in plan.obstacles or ():
        must_lie_on_its_scale(obstacle.likelihood)
    named = [obstacle.id for obstacle in plan.obstacles or ()]
    if len(set(named)) < len(named):
        raise ObstacleRepeated
    if plan.timing is None:
        return
    if plan.timing.rule == "as_it_happens" and plan.timing.trigger is None:
        raise TriggerMissing
    if plan.timing.rule == "n_times" and plan.frequency is None:
        raise FrequencyMissing


def _must_be_a_range(least: int | None, most: int | None) -> None:
    if most is not None and (least is None or most < least):
        raise DurationRange


def reduce(
    after: Frequency, homework: Homework, *, because: RatingId | None, at: datetime
) -> FrequencyReduced:
    before = homework.frequency
    if before is None:
        raise NoFrequencyYet
    if before.per != after.per:
        raise FrequencyUnitDiffers
    if after.count >= before.count:
        raise FrequencyNotLower
    return FrequencyReduced(
        plan_version=homework.plan_version + 1,
        before=before,
        after=after,
        because_rating_id=because,
        reduced_at=at,
    )


def specificity(plan: Plan) -> float:
    """The share of the five slots that are filled. Interlude's own measure, not validated."""
    slots = (plan.site, plan.timing, plan.frequency, plan.duration_min, plan.obstacles)
    return sum(slot is not None for slot in slots) / len(slots)
