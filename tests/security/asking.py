"""One operation of a service as the matrix asks it: the example of its own contract, about things
of whom one likes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.security.clinics import Things

OPENAPI = Path(__file__).parents[2] / "openapi"

_THINGS = {
    "clinics": "clinic",
    "therapists": "therapist",
    "patients": "patient",
    "care-relationships": "relationship",
    "supervisions": "supervision",
    "sessions": "session",
    "consents": "consent",
    "goals": "goal",
    "assignments": "assignment",
    "entries": "entry",
    "notebooks": "notebook",
    "reviews": "review",
}
"""By the first part of a path, what its id is of."""

_NAMED = {
    "patient_id": "patient",
    "therapist_id": "therapist",
    "assignment_id": "assignment",
    "session_id": "past session",
    "created_in_session_id": "past session",
}
"""What a body says that it is about. The other ids in an example are of its own parts."""

_NOT_NEEDED = {"occurrence_id", "continues_from", "goal_ids", "entry_id"}
"""Of somebody else's example, and nothing that decides who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`creates` is told apart: what one names there is not known yet, rather than missing."""

    service: str
    name: str
    method: str
    path: str
    example: Mapping[str, Any] | None
    creates: bool

    def send(self, base: str, token: str, things: Things) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        return httpx.request(
            self.method,
            f"{base}{self._path(things)}",
            json=None if self.example is None else _about(self.example, things),
            headers=headers,
            timeout=20,
        )

    def _path(self, things: Things) -> str:
        """Review and consent are found by what they are of, so `{id}` may stand for nothing."""
        kind = _THINGS.get(self.path.split("/")[2])
        return self.path if kind is None else self.path.replace("{id}", str(things[kind]))


def operations(service: str) -> Iterator[Asked]:
    document = json.loads((OPENAPI / f"{service}.openapi.json").read_text())
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] != "sendCommands":
                yield Asked(
                    service=service,
                    name=operation["operationId"],
                    method=method.upper(),
                    path=path,
                    example=_example(operation),
                    creates=operation.get("x-interlude-command", {}).get("creates", False),
                )


def _example(operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "requestBody" not in operation:
        return None
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    example: Mapping[str, Any] = next(iter(examples.values()))["value"]
    return example


def _about(example: Mapping[str, Any], things: Things) -> dict[str, Any]:
    """A new thing each time, about these."""
    told = {name: value for name, value in example.items() if name not in _NOT_NEEDED}
    if "id" in told:
        told["id"] = str(uuid4())
    return {name: _of(name, value, things) for name, value in told.items()}


def _of(name: str, value: Any, things: Things) -> Any:
    if name in _NAMED:
        return str(things[_NAMED[name]])
    if isinstance(value, dict):
        return _of_inner(value, things)
    if isinstance(value, list):
        return [_of_inner(each, things) if isinstance(each, dict) else each for each in value]
    return value


def _of_inner(value: Mapping[str, Any], things: Things) -> dict[str, Any]:
    told = {name: inner for name, inner in value.items() if name not in _NOT_NEEDED}
    return {name: _of(name, inner, things) for name, inner in told.items()}
