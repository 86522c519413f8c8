"""What gets in the way, foreseen or not."""

from dataclasses import dataclass
from typing import Annotated, Literal, NewType
from uuid import UUID

from libs.eventstore.telling import MINTED
from libs.vocabulary.rating import Rating
from libs.vocabulary.text import Prose

ObstacleId = NewType("ObstacleId", UUID)
ObstacleCategory = Literal[
    "environment",
    "relationships",
    "time",
    "forgetting",
    "materials",
    "symptoms",
    "motivation",
    "difficulty",
    "understanding",
    "other",
]
ObstacleKind = Literal["practical", "internal"]
ObstaclePhase = Literal["anticipated", "unanticipated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    id: Annotated[ObstacleId, MINTED]
    category: ObstacleCategory
    text: Prose
    phase: ObstaclePhase
    kind: ObstacleKind | None = None
    likelihood: Rating | None = None
    planned_response: Prose | None = None
    resolved: bool | None = None
