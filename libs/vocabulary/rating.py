"""A rating carries its scale: the field uses 0-10, 0-100, 0-8 and 1-10 side by side."""

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import Ge, Le

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.privacy.private import Private
from libs.vocabulary.moment import Instant
from libs.vocabulary.text import Text

Said = TypeVar("Said")
RaterRole = Literal["patient", "therapist", "observer", "proxy"]
RatingPhase = Literal[
    "before_practice",
    "in_session_practice",
    "planning",
    "before_homework",
    "during_homework",
    "after_homework",
    "at_review",
]
Point = Annotated[int, Ge(-1_000), Le(1_000)]
"""Wider than any scale in use; beyond 32 bits GraphQL could not answer with it."""

EndLabel = Annotated[Private, Text(1, 60)]
"""Sealed: *I would rather die* is said at the end of a scale, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Whole numbers from `min` to `max`; the labels say what its ends mean."""

    min: Point
    max: Point
    low_label: EndLabel | None = None
    high_label: EndLabel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """Never a bare number, never converted in place to another scale."""

    value: Point
    scale: Scale
    rater_role: RaterRole = "patient"
    rated_at: Instant | None = None
    phase: RatingPhase | None = None

    @property
    def normalised(self) -> float:
        """`value / max`, for comparing with a threshold; never stored."""
        return self.value / self.scale.max


class RatingOutsideScale(Rejected):
    code = "rating-outside-scale"


class NotAScale(Rejected):
    code = "not-a-scale"


def must_lie_on_its_scale(rating: Rating | None) -> None:
    if rating is None:
        return
    if rating.scale.min >= rating.scale.max or rating.scale.max <= 0:
        raise NotAScale(rating)
    if not rating.scale.min <= rating.value <= rating.scale.max:
        raise RatingOutsideScale(rating)


def as_told(said: Said, told: Told, phase: RatingPhase | None = None) -> Said:
    """With each rating in it, at any depth, made when it was told and in this `phase`, unless it
    says otherwise. Patients rate for themselves; others may write down whose rating it is.
    """
    return _as_told(said, told, phase)  # type: ignore[no-any-return]  # of the type that it was


def _as_told(said: Any, told: Told, phase: RatingPhase | None) -> Any:
    if isinstance(said, Rating):
        return replace(
            said,
            rater_role="patient" if told.by.speaks_as_patient else said.rater_role,
            rated_at=said.rated_at or told.happened_at,
            phase=said.phase or phase,
        )
    if isinstance(said, tuple):
        return tuple(_as_told(each, told, phase) for each in said)
    new = {}
    for name in _fields(said.__class__):
        stands = getattr(said, name)
        becomes = _as_told(stands, told, phase)
        if becomes is not stands:
            new[name] = becomes
    return replace(said, **new) if new else said


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
