"""What makes a worksheet: its name, its version, its answers and their rules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from libs.eventstore.decider import Rejected
from libs.vocabulary.rating import Rating, Scale, must_lie_on_its_scale

A = TypeVar("A")
Key = tuple[str, str]
"""Worksheet and definition version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Generic[A]):
    """`check` raises `Rejected` for what no single field can tell.

    Entries pin `version`: an addition makes a minor version, anything else a major one.
    """

    worksheet: str
    version: str
    answers: type[A]
    check: Callable[[A], None]

    @property
    def key(self) -> Key:
        return self.worksheet, self.version


class NotTheWorksheetsScale(Rejected):
    """This worksheet rates on the scale of its form in the field: see its definition."""

    code = "not-the-worksheets-scale"
    pointer = "/answers"


def must_be_rated(rating: Rating | None, *, low: int, high: int) -> None:
    must_lie_on_its_scale(rating)
    if rating is not None and not _spans(rating.scale, low, high):
        raise NotTheWorksheetsScale


def _spans(scale: Scale, low: int, high: int) -> bool:
    return (scale.min, scale.max) == (low, high)
