"""The four-part set that practice, diary and review all ask about, so that they can be compared."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import MaxLen

from libs.vocabulary.rating import Rating
from libs.vocabulary.text import Label, Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """The intensity is optional: *a bit anxious* has no number."""

    name: Label
    intensity: Rating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    thoughts: Annotated[tuple[Prose, ...], MaxLen(50)] = ()
    feelings: Annotated[tuple[Feeling, ...], MaxLen(50)] = ()
    physical_sensations: Annotated[tuple[Label, ...], MaxLen(50)] = ()
    behaviours: Annotated[tuple[Prose, ...], MaxLen(50)] = ()
