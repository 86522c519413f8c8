"""A plan and its due date, as kept and as GraphQL shows them."""

from datetime import date, datetime
from datetime import time as clock_time
from uuid import UUID

from pydantic import Field

from services.gateway.projections.homework_lists import (
    Day,
    DueKind,
    FrequencyPer,
    PartOfDay,
    SiteKind,
    TargetPeriod,
    TimingRule,
    Travel,
    ZoneChangeReason,
)
from services.gateway.projections.shapes import (
    Contact,
    LocalMoment,
    Obstacle,
    Shape,
    Text,
    said,
)


class Period(Shape):
    """From when to when, in the world."""

    start: datetime = Field(description="From.")
    end: datetime | None = Field(default=None, description="To, where it is known.")


class Site(Shape):
    """Where."""

    kind: SiteKind = Field(description="What kind of place.")
    label: Text = said("Which place.")


class Cue(Shape):
    """The *if* of if-then: when and where, and after what (C32)."""

    day_of_week: Day | None = Field(default=None, description="The day.")
    local_time: clock_time | None = Field(default=None, description="Local time of day.")
    approx: bool = Field(default=False, description="About that time.")
    place: Text = said("Where.")
    after_activity: Text = said("Just after what.")


class Timing(Shape):
    """When."""

    rule: TimingRule = Field(description="What makes it due.")
    zone: str | None = Field(default=None, description="IANA time zone.")
    travel: Travel | None = Field(default=None, description="As it was said.")
    on_date: date | None = Field(default=None, description="On one day.")
    on_days: tuple[Day, ...] = Field(default=(), description="On these days of the week.")
    every_weeks: int = Field(default=1, description="Every so many weeks.")
    time_of_day: tuple[clock_time, ...] = Field(default=(), description="Local times of day.")
    part_of_day: tuple[PartOfDay, ...] = Field(default=(), description="Parts of the day.")
    trigger: Text = said("The event, for what is done as it happens.")
    cue: Cue | None = Field(default=None, description="The if of if-then.")


class Frequency(Shape):
    """How often."""

    count: int = Field(description="So many times.")
    per: FrequencyPer = Field(description="Within this.")


class Target(Shape):
    """How much (C27)."""

    count: int = Field(description="How many.")
    unit: Text = said("Of what.")
    with_whom: Text = said("With whom.")
    distinct: bool = Field(default=False, description="Different people count, by reference.")
    period: TargetPeriod | None = Field(default=None, description="Over what time.")
    contacts: tuple[Contact, ...] = Field(default=(), description="Whom, where named.")


class ToldPlan(Shape):
    """A plan as it was told, which is all that is kept of it."""

    plan_version: int = Field(description="From 1; a revision is a new version.")
    site: Site | None = Field(default=None, description="Where.")
    timing: Timing | None = Field(default=None, description="When.")
    frequency: Frequency | None = Field(default=None, description="How often.")
    duration_min: int | None = Field(default=None, description="Minutes, at least.")
    duration_max_min: int | None = Field(default=None, description="Minutes, at most.")
    obstacles: tuple[Obstacle, ...] | None = Field(
        default=None, description="Foreseen; an empty list: asked, none foreseen."
    )
    target: Target | None = Field(default=None, description="How much.")
    zone: str | None = Field(default=None, description="IANA zone of its local times.")
    travel: Travel = Field(
        default=Travel.FIXED_ZONE, description="What its local times do when the patient travels."
    )


class Plan(ToldPlan):
    """A clear and specific plan (C14). Every slot may still be open."""

    specificity_score: float = Field(
        description="The share of the five slots that are filled: site, timing, frequency, duration"
        " and obstacles. Interlude's own measure, not validated.",
    )


class DueRule(Shape):
    """What the due date hangs on (C02)."""

    kind: DueKind = Field(default=DueKind.NEXT_SESSION, description="Session or clock.")
    session_id: UUID | None = Field(default=None, description="A named session.")
    offset_min: int = Field(default=0, description="Minutes from the session's start.")
    at: LocalMoment | None = Field(default=None, description="A fixed local time.")


class ReducedFrequency(Shape):
    """Less often than before (C16)."""

    plan_version: int = Field(description="The plan version that it made.")
    before: Frequency = Field(description="As it was.")
    after: Frequency = Field(description="As it is.")
    because_rating_id: UUID | None = Field(default=None, description="The rating that led to it.")
    reduced_at: datetime = Field(description="When, in the world.")


class ZoneChange(Shape):
    """The plan's local times went with the patient to another zone."""

    plan_version: int = Field(description="The plan version whose times they are.")
    zone: str = Field(description="IANA zone of its local times since.")
    because: ZoneChangeReason = Field(description="Why the patient's zone changed.")
    changed_at: datetime = Field(description="Since when, in the world.")
