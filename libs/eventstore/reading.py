"""Of another service's fact one reads only what one needs: a tolerant, partial model."""

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict

from libs.eventstore.recorded import Recorded
from libs.eventstore.wire import located
from libs.privacy.reading import STORED


class Fact(BaseModel):
    """Base of what a reader declares: unknown fields are let pass, private ones stay sealed."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Known = TypeVar("Known", bound=BaseModel)
Reads = Mapping[str, type[Known]]
"""From the name of the first version (`known_as`) to the reader's model, which asks for nothing
that the first does not have.
"""


def read_as(recorded: Recorded, reads: Mapping[str, type[Known]]) -> Known | None:
    """None for what this reader does not read. Sealed values know where they stand (`found_at`).

    Raises pydantic's `ValidationError`, whose text quotes the input: never log it.
    """
    model = reads.get(recorded.known_as)
    return None if model is None else reading(recorded, model)


def reading(recorded: Recorded, model: type[Known]) -> Known:
    """For who knows already that the model is meant for such a fact."""
    known: Known | None = recorded.readings.get(model)
    if known is None:
        known = model.__pydantic_validator__.validate_python(told(recorded), context=STORED)
        recorded.readings[model] = known
    return known


def told(recorded: Recorded) -> Mapping[str, Any]:
    """All that it says, sealed values with where they stand. Shared by all who ask: not to be
    changed.
    """
    content: Mapping[str, Any] | None = recorded.readings.get(told)
    if content is None:
        content = orjson.loads(recorded.data)
        if b'"ciphertext"' in recorded.data:
            content = located(content, str(recorded.event_id))
        recorded.readings[told] = content
    return content
