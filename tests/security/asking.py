"""One operation of a service as the matrix asks it: the example of its own contract, about things
of whom one likes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from libs.eventstore.telling import Role
from tests.security import access
from tests.security.access import Whose
from tests.security.clinics import Clinics, Things

OPENAPI = Path(__file__).parents[2] / "openapi"
SERVICES = ("care", "assignment", "diary", "review")

_THINGS = {
    "clinics": "clinic",
    "therapists": "therapist",
    "patients": "patient",
    "care-relationships": "relationship",
    "supervisions": "supervision",
    "sessions": "session",
    "session-series": "series",
    "groups": "group",
    "consents": "consent",
    "departures": "departure",
    "records-windows": "clinic",
    "erasures": "patient",
    "erasure-policies": "clinic",
    "private-text-erasures": "patient",
    "goals": "goal",
    "assignments": "assignment",
    "group-assignments": "group assignment",
    "templates": "template",
    "entries": "entry",
    "notebooks": "notebook",
    "reviews": "review",
}
"""By the first part of a path, what its id is of."""

_NAMED = {
    "patient_id": "patient",
    "therapist_id": "therapist",
    "to_therapist_id": "therapist",
    "clinic_id": "clinic",
    "assignment_id": "assignment",
    "group_id": "group",
    "session_id": "past session",
    "created_in_session_id": "past session",
}
"""What a body says that it is about. The other ids in an example are of its own parts."""

NAMES_NOBODY = {
    "registerClinic",
    "registerTherapist",
    "registerPatient",
    "upsertPatient",
    "upsertTherapist",
    "recordDeparture",
    "setErasurePolicy",
    "publishTemplate",
}
"""Each makes somebody new, is the clinic's own, or speaks of staff whom care need not know: it is
about nobody who is there.
"""

_NOT_NEEDED = {"occurrence_id", "continues_from", "goal_ids", "entry_id"}
"""Of somebody else's example, and nothing that decides who may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What else stands in a request; `besides` are fields of the body."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    besides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`creates` is told apart: what one names there is not known yet, rather than missing. Only a
    command has an `aggregate`.
    """

    service: str
    name: str
    method: str
    path: str
    example: Mapping[str, Any] | None
    aggregate: str
    creates: bool

    def send(
        self, clinics: Clinics, role: Role, whose: Whose, manner: Manner | None = None
    ) -> httpx.Response:
        how, things = manner or Manner(), clinics.things[whose]
        body = self.body(things)
        headers = {
            "Authorization": f"Bearer {self._token(clinics, role)}",
            "Idempotency-Key": str(uuid4()),
        }
        return clinics.http.request(
            self.method,
            f"{clinics.run.services[self.service]}{self.path_of(things)}",
            params=how.query,
            json=None if body is None else {**body, **how.besides},
            headers={**headers, **how.headers},
        )

    def _token(self, clinics: Clinics, role: Role) -> str:
        """The one program that confirms an erasure comes with a pass of ours."""
        confirms = self.name == "confirmErasure" and role == "integrator"
        return clinics.gateways_pass() if confirms else clinics.tokens[role]

    def body(self, things: Things) -> dict[str, Any] | None:
        return None if self.example is None else _about(self.example, things)

    def named(self, things: Things) -> UUID | None:
        """What `{id}` in the path stands for, if it is there."""
        return things[_THINGS[self.path.split("/")[2]]] if "{id}" in self.path else None

    def path_of(self, things: Things) -> str:
        path = self.path.replace("{id}", str(self.named(things)))
        # A number that nobody has yet: what is asked for is about somebody new.
        return path.replace("{system}/{value}", f"urn:tried/{uuid4()}")


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
                    aggregate=operation.get("x-interlude-command", {}).get("aggregate", ""),
                    creates=operation.get("x-interlude-command", {}).get("creates", False),
                )


def may(asked: Asked, role: Role, whose: Whose) -> bool:
    row = access.of(f"REST: {asked.service}")[asked.name]
    if asked.name in NAMES_NOBODY:
        return role in row.relations
    return row.opens(role, whose)


def refusal(asked: Asked, role: Role) -> str:
    """The code for whoever may not: that no role of theirs has this, or what nobody's thing has."""
    if role not in access.of(f"REST: {asked.service}")[asked.name].relations:
        return "role-not-allowed"
    return "not-known-yet" if asked.creates else "not-found"


def _example(operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "requestBody" not in operation:
        return None
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    example: Mapping[str, Any] = next(iter(examples.values()))["value"]
    return example


def _about(example: Mapping[str, Any], things: Things) -> dict[str, Any]:
    """A new thing each time, about these. Whoever is said to have left is nobody whom others ask
    about: what is told of them would be found under their id.
    """
    told = {name: value for name, value in example.items() if name not in _NOT_NEEDED}
    for made in told.keys() & {"id", "person_id"}:
        told[made] = str(uuid4())
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
