"""Names, ids and limits that a goal and every subject of an assignment share."""

from dataclasses import dataclass, fields
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Actor, Told
from libs.privacy.private import Private
from libs.vocabulary.checked import Checked, Spelled
from libs.vocabulary.moment import Instant
from libs.vocabulary.rating import Rating
from libs.vocabulary.text import Label, Text

AssignmentId = NewType("AssignmentId", UUID)
GroupAssignmentId = NewType("GroupAssignmentId", UUID)
GoalId = NewType("GoalId", UUID)
PatientId = NewType("PatientId", UUID)
TherapistId = NewType("TherapistId", UUID)
SessionId = NewType("SessionId", UUID)
OptionId = NewType("OptionId", UUID)
ComponentId = NewType("ComponentId", UUID)
ContactRef = NewType("ContactRef", UUID)
OccurrenceId = NewType("OccurrenceId", UUID)
RatingId = NewType("RatingId", UUID)
PracticeId = NewType("PracticeId", UUID)
ResponseId = NewType("ResponseId", UUID)

Party = Literal["patient", "therapist"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

Title = Annotated[Private, Text(1, 200)]
Statement = Annotated[Private, Text(1, 500)]
OwnWords = Annotated[Private, Text(1, 1000)]
Reasoning = Annotated[Private, Text(1, 2000)]

A_LITTLE_AHEAD = timedelta(minutes=5)
"""How far a client's clock may be ahead of ours."""


def _is_local_time(value: time) -> bool:
    return value.tzinfo is None and value.second == 0 and value.microsecond == 0


def _is_near(value: date) -> bool:
    return date(2000, 1, 1) <= value <= date(2199, 12, 31)


TimeOfDay = Annotated[
    time,
    Checked(
        _is_local_time,
        code="not-a-time-of-day",
        message="This takes a local time, HH:MM.",
        described={
            "description": "By the wall clock, HH:MM.",
            "format": "time-local",
            "pattern": r"^\d{2}:\d{2}(:00)?$",
            "examples": ["11:00"],
        },
    ),
]
CalendarDay = Annotated[
    date,
    Spelled("date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    Checked(_is_near, code="date-out-of-range", message="This takes a date from 2000 on."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Another person: a sealed name and a reference that counts them without telling who."""

    contact_ref: Annotated[ContactRef, MINTED]
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When something was done, by the world's clock."""

    start: Instant
    end: Instant | None = None


class EndsBeforeItStarts(Rejected):
    code = "ends-before-it-starts"
    pointer = "/experienced_at/end"


class InTheFuture(Rejected):
    code = "in-the-future"
    pointer = "/experienced_at/start"


class ScalesDiffer(Rejected):
    """Ratings that are told together are told on one scale."""

    code = "scales-differ"


def party(actor: Actor) -> Party:
    """Whose act it is."""
    return "patient" if actor.speaks_as_patient else "therapist"


def as_said(kind: type[Any], said: object) -> dict[str, Any]:
    """The words that a request and its fact share: `PlanSpecified(**as_said(Plan, command), …)`."""
    return {field.name: getattr(said, field.name) for field in fields(kind)}


def must_share_a_scale(*ratings: Rating | None) -> None:
    told = [rating for rating in ratings if rating]
    for rating in told[1:]:
        if (rating.scale.min, rating.scale.max) != (told[0].scale.min, told[0].scale.max):
            raise ScalesDiffer(rating)


def must_have_happened(period: Period | None, command: Told) -> None:
    """Nobody tells of what is still to come."""
    if period is None:
        return
    if period.end is not None and period.end < period.start:
        raise EndsBeforeItStarts
    if period.start > command.happened_at + A_LITTLE_AHEAD:
        raise InTheFuture
