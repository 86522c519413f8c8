"""What is told of a goal after it was set (C04)."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.gateway.projections.homework_lists import Achievement, GoalLifecycle
from services.gateway.projections.lists import Party
from services.gateway.projections.shapes import Shape, Text, named, said


class GoalProgress(Shape):
    """How far a goal has come, as somebody saw it."""

    id: UUID = named("progress_id")
    achievement: Achievement = Field(description="How far.")
    value: int | None = Field(default=None, description="Of the target's measure, if counted.")
    note: Text = said("In words.")
    told_by: Party = Field(description="Who said so.")
    told_at: datetime = Field(description="When, in the world.")


class GoalClosing(Shape):
    """The goal was reached, or is not pursued any more."""

    lifecycle: GoalLifecycle = Field(description="Which of the two.")
    achievement: Achievement | None = Field(default=None, description="How far it had come.")
    note: Text = said("In words.")
    closed_by: Party = Field(description="Who closed it.")
    closed_at: datetime = Field(description="When, in the world.")
