"""What is told of the course of homework (declined, paused, ended, reopened), and how it fits."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.gateway.projections.homework_lists import (
    AssignmentStatus,
    DiscontinuedBecause,
    ExploredBy,
    PauseReason,
    ReopenedBecause,
)
from services.gateway.projections.homework_shapes import ChangeBelief
from services.gateway.projections.lists import Party
from services.gateway.projections.shapes import Rating, Shape, SomeText, Text, named, said


class Decline(Shape):
    """A proposal was declined; it may be revised and proposed again (C03)."""

    reason: Text = said("Why.")
    declined_by: Party = Field(description="Who declined.")
    attested: bool = Field(
        default=False, description="The therapist says that the patient declined in session."
    )
    declined_at: datetime = Field(description="When, in the world.")


class Pause(Shape):
    """The homework rests."""

    reason: PauseReason = Field(description="Why.")
    note: Text = said("In words.")
    paused_by: Party = Field(description="Who paused it.")
    paused_at: datetime = Field(description="Since when, in the world.")


class Resumption(Shape):
    """The homework goes on."""

    resumed_by: Party = Field(description="Who resumed it.")
    resumed_at: datetime = Field(description="Since when, in the world.")


class NotDone(Shape):
    """None of it was done; what was learned by that belongs to the review."""

    id: UUID = named("not_done_id")
    note: Text = said("In words.")
    told_by: Party = Field(description="Who said so.")
    told_at: datetime = Field(description="When, in the world.")


class Discontinuation(Shape):
    """It was stopped, or given up when treatment ended."""

    because: DiscontinuedBecause = Field(description="Which of the two.")
    reason: Text = said("Why; a patient need not say it.")
    discontinued_by: Party | None = Field(default=None, description="Who stopped it.")
    attested: bool = Field(
        default=False, description="The therapist says that the patient stopped."
    )
    discontinued_at: datetime = Field(description="When, in the world.")


class Reopening(Shape):
    """What had ended goes on."""

    because: ReopenedBecause = Field(description="What led to it.")
    status: AssignmentStatus = Field(description="Where it stands again.")
    reason: Text = said("Why.")
    reopened_by: Party | None = Field(default=None, description="Who took it up again.")
    reopened_at: datetime = Field(description="When, in the world.")


class EnteredInError(Shape):
    """It was never homework of this patient, and counts nowhere."""

    reason: Text = said("Why.")
    entered_in_error_at: datetime = Field(description="When, in the world.")


class EndedByDeath(Shape):
    """The patient died; what was still asked for counts in no adherence."""

    died_on: date = Field(description="The day.")
    ended_at: datetime = Field(description="When that day began, where the patient lived.")


class ContinuedAlone(Shape):
    """Treatment ended, and the patient goes on with it alone."""

    continued_at: datetime = Field(description="When, in the world.")


class Fit(Shape):
    """How it fits with what the patient prefers, values and believes about change (C13)."""

    id: UUID = named("fit_id")
    preferences: tuple[SomeText, ...] = Field(default=(), description="What the patient prefers.")
    values: tuple[SomeText, ...] = Field(default=(), description="What matters to the patient.")
    change_beliefs: tuple[ChangeBelief, ...] = Field(
        default=(), description="What the patient believes about change."
    )
    method: ExploredBy = Field(description="How it was explored.")
    fit: Rating | None = Field(default=None, description="How well it fits, where it was rated.")
    told_by: Party = Field(description="Whose words.")
    explored_at: datetime = Field(description="When, in the world.")
