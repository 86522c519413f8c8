"""Of another service's fact one reads only what one needs: a tolerant, partial model."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

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
    return None if model is None else _fact(model, recorded.data, recorded.event_id)


def told(recorded: Recorded) -> Mapping[str, Any]:
    """All that it says, sealed values with where they stand. Shared by all who ask: not to be
    changed.
    """
    content: Mapping[str, Any] = _content(recorded.data, recorded.event_id)
    return content


# Several read models read the same fact, one after the other within a batch, some by the same
# model: parsing and checking it once is a third of a projector's time.


@lru_cache(maxsize=1024)
def _content(data: bytes, event_id: UUID) -> Any:
    content = orjson.loads(data)
    return located(content, str(event_id)) if b'"ciphertext"' in data else content


@lru_cache(maxsize=1024)
def _fact(model: type[Known], data: bytes, event_id: UUID) -> Known:
    return model.model_validate(_content(data, event_id), context=STORED)
