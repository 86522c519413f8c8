"""Of another service's fact one reads only what one needs: a tolerant, partial model."""

from collections.abc import Mapping
from typing import TypeVar

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
"""From published name to the reader's model of it."""


def read_as(recorded: Recorded, reads: Mapping[str, type[Known]]) -> Known | None:
    """None for what this reader does not read. Sealed values know where they stand (`found_at`).

    Raises pydantic's `ValidationError`, whose text quotes the input: never log it.
    """
    model = reads.get(recorded.type)
    if model is None:
        return None
    content = orjson.loads(recorded.data)
    if b'"ciphertext"' in recorded.data:
        content = located(content, str(recorded.event_id))
    return model.model_validate(content, context=STORED)
