"""The parts of a review: what is said in it, as kept and as GraphQL shows it."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.projections.lists import (
    BeliefAbout,
    Direction,
    Engagement,
    Reevaluated,
    WorkSource,
)
from services.gateway.projections.shapes import (
    Experience,
    Obstacle,
    Rating,
    Shape,
    Text,
    named,
    said,
)


class Done(Shape):
    """When homework was worked on, and the zone that it was done in."""

    start: datetime = Field(description="From.")
    end: datetime | None = Field(default=None, description="To, where it is known.")
    zone: str = Field(description="IANA time zone.")


class Work(Shape):
    """What was done, and when (C19)."""

    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it was.")
    entry_id: UUID | None = Field(default=None, description="The diary entry that shows it.")
    when: Done = Field(description="When.")
    quantity: int = Field(description="Share of what was planned, 0 to 100 %.")
    source: WorkSource = Field(description="How it is known.")


class WorkDoneRecorded(Shape):
    work_done: tuple[Work, ...] = ()


class Praise(Shape):
    """Praise for what was done; effort counts (C20)."""

    text: Text = said("As it was said.")
    for_occurrence_ids: tuple[UUID, ...] = Field(default=(), description="What it was for.")


class Skill(Shape):
    """A specific skill that the patient acquired (C19)."""

    id: UUID = named("skill_id")
    label: Text = said("Which skill.")
    evidence: Text = said("What shows it.")


class ReviewedObstacle(Shape):
    """What nobody had foreseen (C21)."""

    obstacle: Obstacle = Field(description="The obstacle.")
    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it met.")


class ReviewedExperience(Shape):
    """What it was like, as told in the review (C21)."""

    experience: Experience = Field(description="The four-part set.")
    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it is of.")


class Belief(Shape):
    """What homework is taken to mean (C22)."""

    id: UUID = named("belief_id")
    about: BeliefAbout = Field(description="What it is about.")
    statement: Text = said("As it was said.")
    conviction_before: Rating | None = Field(default=None, description="0 to 100, before.")
    conviction_after: Rating | None = Field(default=None, description="0 to 100, after.")


class NonEngagement(Shape):
    """How far homework was taken up (C23). Not a failure."""

    engagement: Engagement = Field(description="How far.")
    occurrence_ids: tuple[UUID, ...] = Field(default=(), description="Which occurrences.")


class Learning(Shape):
    """What was learned when homework was not done (C23)."""

    id: UUID = named("learning_id")
    reevaluated: Reevaluated = Field(description="What is seen otherwise now.")
    direction: Direction = Field(description="Which way.")
    text: Text = said("In words.")
