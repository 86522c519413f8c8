"""A fact as the fold sees it: who, when, where in its stream, and all that it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from tests.faults.fold.plain import instant
from tests.faults.observed import Stored

Json = Mapping[str, Any]

_SEALED = {"key", "nonce", "ciphertext"}
_NESTED = (dict, list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`name` is without its version: a newer version of a fact says what the older said, and more.
    `uuid` is the stream's, `said` the content with the place of each sealed text in it.
    """

    id: str
    service: str
    name: str
    tenant: str
    stream: str
    category: str
    uuid: str
    version: int
    subject: str | None
    actor_id: str
    actor_role: str
    on_behalf_of: str | None
    occurred_at: str
    recorded_at: str
    zone: str
    said: Json

    def instant(self, name: str) -> str | None:
        """What it says under this name, where that is a time."""
        told = self.said.get(name)
        return None if told is None else instant(told)


def fact_of(stored: Stored) -> Fact:
    return Fact(
        id=stored.event_id,
        service=stored.service,
        name=stored.name,
        tenant=stored.tenant_id,
        stream=stored.stream_id,
        category=stored.category,
        uuid=stored.stream_id[-36:],
        version=stored.version,
        subject=stored.subject_id,
        actor_id=stored.actor_id,
        actor_role=stored.actor_role,
        on_behalf_of=stored.on_behalf_of,
        occurred_at=instant(stored.occurred_at),
        recorded_at=instant(stored.recorded_at),
        zone=stored.zone,
        said=_said(stored),
    )


def _said(stored: Stored) -> Any:
    said = orjson.loads(stored.data)
    return _found(said, stored.event_id, "/") if b'"ciphertext"' in stored.data else said


def _found(content: Any, place: str, joint: str) -> Any:
    """A sealed text opens only with the name of the place where it was first written."""
    if isinstance(content, dict):
        if content.keys() == _SEALED:
            return {**content, "found_at": place}
        items = content.items()
        return {name: _within(value, place, joint, name) for name, value in items}
    return [_within(value, place, joint, at) for at, value in enumerate(content)]


def _within(value: Any, place: str, joint: str, name: object) -> Any:
    return _found(value, f"{place}{joint}{name}", ".") if type(value) in _NESTED else value
