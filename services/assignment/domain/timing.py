"""When homework is to be done (C14), and by what one knows that it is time (C32)."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le, MaxLen

from libs.vocabulary.moment import Zone
from libs.vocabulary.text import Label
from services.assignment.domain.schedule import PartOfDay, Rule, Travel
from services.assignment.domain.terms import CalendarDay, Day, TimeOfDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """The *if* of if-then: *Monday, around 11, at my desk, when I have just checked my email*."""

    day_of_week: Day | None = None
    local_time: TimeOfDay | None = None
    approx: bool = False
    place: Label | None = None
    after_activity: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """`scheduled` and `n_times` make occurrences; a panic record is made when it happens.

    Without a `zone` its local times are the patient's. `travel` says whether they follow the
    patient to another one; unless it is said, those of a named zone stay there, and others follow.
    """

    rule: Rule
    zone: Zone | None = None
    travel: Travel | None = None
    on_date: CalendarDay | None = None
    on_days: Annotated[tuple[Day, ...], MaxLen(7)] = ()
    every_weeks: Annotated[int, Ge(1), Le(12)] = 1
    time_of_day: Annotated[tuple[TimeOfDay, ...], MaxLen(24)] = ()
    part_of_day: Annotated[tuple[PartOfDay, ...], MaxLen(4)] = ()
    trigger: Label | None = None
    cue: Cue | None = None


def travel_of(timing: Timing | None) -> Travel:
    """As it is said, or as it is meant: who names a zone means the times there."""
    if timing is not None and timing.travel is not None:
        return timing.travel
    return "follow_patient" if timing is None or timing.zone is None else "fixed_zone"
