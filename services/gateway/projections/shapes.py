"""The parts of facts that screens read, and no more. A fact is checked against them when it is
projected, so what does not fit parks its stream instead of failing somebody's query; GraphQL
shows the very same shapes.

Text stays sealed in the tables; the gateway opens it when it answers.
"""

from datetime import date, datetime
from typing import Annotated, Any, NewType
from uuid import UUID

import orjson
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from services.gateway.projections.homework_lists import Comparator
from services.gateway.projections.lists import (
    ObstacleCategory,
    ObstacleKind,
    ObstaclePhase,
    RaterRole,
    RatingPhase,
)

Json = dict[str, Any]

LocalDateTime = NewType("LocalDateTime", datetime)
"""By the wall clock, without an offset."""


def _text(value: Any) -> Any:
    match value:
        case None | str():
            return value
        case {"key": str(), "nonce": str(), "ciphertext": str()}:
            return value
        case {"erased": True}:
            return None
    raise ValueError("not a text, sealed or open")


class _AsItStands:
    """Written as it was read. With pydantic's own `PlainValidator` each text would be written
    through a function in Python, half of what it takes to keep a fact.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_text)


_MARKED = WithJsonSchema({"type": ["string", "null"], "x-text": True})

Text = Annotated[str | None, _AsItStands, _MARKED]
"""Sealed JSON in the tables, a string once opened, null where its key was destroyed."""

SomeText = Annotated[str | None, _AsItStands, _MARKED]
"""One text of a list: null where its key was destroyed."""


def said(about: str) -> Text:
    """A text that may be missing."""
    value: Text = Field(default=None, description=about)
    return value


def named(fact_id: str) -> UUID:
    """The part's own id; facts name it by its kind, to be clear in a stream of many kinds."""
    value: UUID = Field(
        validation_alias=AliasChoices("id", fact_id), description="Names it in later commands."
    )
    return value


class Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


def kept(shape: Shape) -> orjson.Fragment:
    """The shape as a JSON column keeps it: written once, and put as it is into its row."""
    return orjson.Fragment(shape.__pydantic_serializer__.to_json(shape, exclude_none=True))


class Scale(Shape):
    """Whole numbers from `min` to `max`; ratings on different scales are never converted."""

    min: int = Field(description="The lowest number.")
    max: int = Field(description="The highest number.")
    low_label: Text = Field(default=None, description="What the lowest number means.")
    high_label: Text = Field(default=None, description="What the highest number means.")


class Rating(Shape):
    """A number with the scale that it was given on."""

    value: int = Field(description="On its own scale.")
    scale: Scale = Field(description="The scale that it was given on.")
    rater_role: RaterRole = Field(default=RaterRole.PATIENT, description="Who rated.")
    rated_at: datetime | None = Field(default=None, description="When, in the world.")
    phase: RatingPhase | None = Field(default=None, description="When in the course of homework.")


class Feeling(Shape):
    """A feeling; *a bit anxious* has no number."""

    name: Text = Field(default=None, description="In the patient's words.")
    intensity: Rating | None = Field(default=None, description="How strong, where it was rated.")


class Experience(Shape):
    """The four-part set that practice, diary and review all ask about (C12)."""

    thoughts: tuple[SomeText, ...] = Field(default=(), description="What went through the mind.")
    feelings: tuple[Feeling, ...] = Field(default=(), description="What was felt.")
    physical_sensations: tuple[SomeText, ...] = Field(default=(), description="In the body.")
    behaviours: tuple[SomeText, ...] = Field(default=(), description="What was done.")


class Obstacle(Shape):
    """What gets in the way, foreseen or not (C21, C30)."""

    id: UUID = Field(description="Names it in responses and reports.")
    category: ObstacleCategory = Field(description="What kind of obstacle.")
    text: Text = Field(default=None, description="What it is.")
    phase: ObstaclePhase = Field(description="Foreseen, or met with.")
    kind: ObstacleKind | None = Field(default=None, description="Outside or inside the person.")
    likelihood: Rating | None = Field(default=None, description="How likely it is to come.")
    planned_response: Text = Field(default=None, description="What to do when it comes.")
    resolved: bool | None = Field(default=None, description="Whether it was got round.")


class Contact(Shape):
    """Another person: a sealed name, and a reference that counts people without naming them."""

    contact_ref: UUID | None = Field(
        default=None, description="The patient's own number for this person."
    )
    label: Text = Field(default=None, description="What the patient calls them.")


class LocalMoment(Shape):
    """A wall-clock time and the IANA zone that it is meant in."""

    local: LocalDateTime = Field(description="By the wall clock.")
    zone: str = Field(description="IANA time zone.")


class GoalTarget(Shape):
    """How one would see that a goal is reached."""

    measure: Text = Field(default=None, description="What is counted.")
    comparator: Comparator = Field(description="How it compares.")
    value: int = Field(description="With what number.")
    due: date | None = Field(default=None, description="By when.")
