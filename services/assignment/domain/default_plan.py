"""The plan that a template proposes: of the shape of a plan (C14), without what belongs to one
patient (their zone, a date, the people they meet), and in words that are about nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen

from libs.vocabulary.obstacle import Obstacle, ObstacleCategory, ObstacleId, ObstacleKind
from libs.vocabulary.plain_text import PlainLabel, PlainProse
from services.assignment.domain.plan import Plan, Site, SiteKind, Target
from services.assignment.domain.schedule import Frequency, PartOfDay, Rule
from services.assignment.domain.terms import Day, TimeOfDay, as_said
from services.assignment.domain.timing import Cue, Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultSite:
    kind: SiteKind
    label: PlainLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultCue:
    """The *if* of if-then, as far as it is the same for everybody."""

    day_of_week: Day | None = None
    local_time: TimeOfDay | None = None
    approx: bool = False
    place: PlainLabel | None = None
    after_activity: PlainLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultTiming:
    rule: Rule
    on_days: Annotated[tuple[Day, ...], MaxLen(7)] = ()
    every_weeks: Annotated[int, Ge(1), Le(12)] = 1
    time_of_day: Annotated[tuple[TimeOfDay, ...], MaxLen(24)] = ()
    part_of_day: Annotated[tuple[PartOfDay, ...], MaxLen(4)] = ()
    trigger: PlainLabel | None = None
    cue: DefaultCue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultTarget:
    """How much; with whom is found out with the patient."""

    count: Annotated[int, Ge(1), Le(1000)]
    unit: PlainLabel
    with_whom: PlainLabel | None = None
    distinct: bool = False
    period: Literal["day", "week", "weeks", "between_sessions"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultObstacle:
    """What often gets in the way, to be asked about."""

    category: ObstacleCategory
    text: PlainProse
    kind: ObstacleKind | None = None
    planned_response: PlainProse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPlan:
    """`obstacles` are asked about: none of them is taken for asked and answered."""

    site: DefaultSite | None = None
    timing: DefaultTiming | None = None
    frequency: Frequency | None = None
    duration_min: Annotated[int, Ge(1), Le(480)] | None = None
    duration_max_min: Annotated[int, Ge(1), Le(480)] | None = None
    obstacles: Annotated[tuple[DefaultObstacle, ...], MaxLen(20)] = ()
    target: DefaultTarget | None = None


def as_plan(default: DefaultPlan, obstacle_id: Callable[[int], ObstacleId]) -> Plan:
    """As one patient's: `obstacle_id` names the obstacle in this place. Without any, nobody has
    asked this patient yet.
    """
    site, timing, target = default.site, default.timing, default.target
    return Plan(
        site=None if site is None else Site(**as_said(DefaultSite, site)),
        timing=None if timing is None else _timing(timing),
        frequency=default.frequency,
        duration_min=default.duration_min,
        duration_max_min=default.duration_max_min,
        obstacles=tuple(
            Obstacle(**as_said(DefaultObstacle, each), id=obstacle_id(place), phase="anticipated")
            for place, each in enumerate(default.obstacles)
        )
        or None,
        target=None if target is None else Target(**as_said(DefaultTarget, target)),
    )


def _timing(timing: DefaultTiming) -> Timing:
    cue = None if timing.cue is None else Cue(**as_said(DefaultCue, timing.cue))
    return Timing(**as_said(DefaultTiming, timing) | {"cue": cue})
