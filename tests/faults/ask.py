"""One request of a campaign's client, and whether it is sent more than once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `twins` are sent at once under one key; `again` is asked once more under it
    although there was an answer, as a phone does that lost it; `mutation` goes by the gateway.

    `made` tells the clinic once it is acknowledged.
    """

    service: str
    operation: str
    path: str
    body: Body
    who: str
    stream: str | None
    twins: int = 1
    again: bool = False
    conditional: bool = False
    mutation: bool = False
    made: Callable[[UUID], None] = lambda _id: None
