"""What clients see of the course of homework, beside where it stands."""

from typing import Any

from pydantic import Field

from services.gateway.projections import course_shapes
from services.gateway.projections.shapes import Shape


def _many(text: str) -> Any:
    return Field(default=(), description=text)


class Course(Shape):
    """Fields of `Assignment`, each list in order of time."""

    self_directed: bool = Field(description="Treatment ended, and the patient goes on alone.")
    fits: tuple[course_shapes.Fit, ...] = _many("How it fits with the patient.")
    declines: tuple[course_shapes.Decline, ...] = _many("How it was declined.")
    pauses: tuple[course_shapes.Pause, ...] = _many("Since when it rested, and why.")
    resumptions: tuple[course_shapes.Resumption, ...] = _many("When it went on.")
    not_done: tuple[course_shapes.NotDone, ...] = _many("Reports of it not being done.")
    discontinuations: tuple[course_shapes.Discontinuation, ...] = _many("How it was stopped.")
    reopenings: tuple[course_shapes.Reopening, ...] = _many("How it was taken up again.")
    entered_in_error: course_shapes.EnteredInError | None = Field(
        default=None, description="That it was never homework."
    )


PARTS = {
    "fits": "fit",
    "declines": "decline",
    "pauses": "pause",
    "resumptions": "resumption",
    "not_done": "not_done",
    "discontinuations": "discontinuation",
    "reopenings": "reopening",
}
"""Where each list comes from."""
