"""Practice in session and what it was like, as kept and as GraphQL shows it."""

from datetime import datetime
from datetime import time as clock_time
from uuid import UUID

from pydantic import Field

from services.gateway.projections.homework_lists import (
    Day,
    ExperiencePhase,
    PracticeMode,
    PracticeOutcome,
    PracticeResponse,
    Speaker,
)
from services.gateway.projections.lists import (
    Party,
)
from services.gateway.projections.plan_shapes import Period
from services.gateway.projections.shapes import (
    Experience,
    Feeling,
    Obstacle,
    Rating,
    Shape,
    SomeText,
    Text,
    named,
    said,
)


class PracticeOffer(Shape):
    """Practice in session was offered (C28)."""

    response: PracticeResponse | None = Field(default=None, description="The patient's answer.")
    offered_at: datetime = Field(description="When, in the world.")


class PracticeRequest(Shape):
    """Practice in session was asked for (C28)."""

    requested_by: Party = Field(description="Who asked.")
    requested_at: datetime = Field(description="When, in the world.")


class ImageryAnchor(Shape):
    """What brings the future into the present (C29)."""

    day_of_week: Day | None = Field(default=None, description="The day.")
    time: clock_time | None = Field(default=None, description="Local time of day.")
    place: Text = said("Where.")
    preceding_activity: Text = said("What came just before.")


class Step(Shape):
    """One rehearsed step (C33)."""

    n: int = Field(description="Its place, from 1.")
    who: Speaker = Field(description="Whose step it is.")
    text: Text = said("What is said or done.")


class Practice(Shape):
    """Practice in session, live or by guided imagery (C07)."""

    id: UUID = named("practice_id")
    mode: PracticeMode = Field(description="How it was practised.")
    practised_at: datetime | None = Field(default=None, description="When, in the world.")
    session_id: UUID = Field(description="In which session.")
    outcome: PracticeOutcome = Field(description="What it showed.")
    duration_min: int | None = Field(default=None, description="Minutes.")
    imagery_anchor: ImageryAnchor | None = Field(default=None, description="For guided imagery.")
    strategy_ref: UUID | None = Field(default=None, description="An earlier practice re-used.")
    steps_rehearsed: tuple[Step, ...] = Field(default=(), description="In order.")
    experience: Experience | None = Field(default=None, description="What it was like.")
    obstacles_found: tuple[Obstacle, ...] = Field(default=(), description="What got in the way.")


class Situation(Shape):
    """The situation conceptualised: the shape of an experience, so they can be compared (C34)."""

    id: UUID = named("situation_id")
    situation: Text = said("What is happening.")
    thoughts: tuple[SomeText, ...] = Field(default=(), description="What goes through the mind.")
    feelings: tuple[Feeling, ...] = Field(default=(), description="What is felt.")
    physical_sensations: tuple[SomeText, ...] = Field(default=(), description="In the body.")
    urge_or_behaviour: Text = said("What one would do.")
    conceptualised_at: datetime = Field(description="When, in the world.")


class LivedExperience(Shape):
    """What doing the homework was like (C12)."""

    id: UUID = named("experience_id")
    phase: ExperiencePhase = Field(description="When in the course of homework.")
    experience: Experience = Field(description="The four-part set.")
    experienced_at: Period | None = Field(default=None, description="When it was lived through.")
    occurrence_id: UUID | None = Field(default=None, description="The occurrence that it is of.")
    told_by: Party = Field(description="Who told it.")
    told_at: datetime = Field(description="When it was told.")


class Prediction(Shape):
    """What the patient expects, and what would show it (C35)."""

    id: UUID = named("prediction_id")
    prediction: Text = said("What will happen.")
    observable_sign: Text = said("How one would know.")
    likelihood: Rating | None = Field(default=None, description="How likely, on a scale to 100.")
    stated_afterwards: bool = Field(default=False, description="It had begun by then.")
    stated_by: Party = Field(description="Who stated it.")
    stated_at: datetime = Field(description="When, in the world.")
