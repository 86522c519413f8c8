"""Which exports there are, and who may ask for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from libs.access.policy import Grant, grant
from libs.eventstore.telling import Role

Kind = Literal["record", "case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`role` is the only one that may: what else somebody is does not count here."""

    name: str
    path: str
    kind: Kind
    role: Role
    granted: Grant


OPERATIONS = (
    Operation(
        name="exportRecord",
        path="/v1/export",
        kind="record",
        role="patient",
        granted=grant(patient="own"),
    ),
    Operation(
        name="exportCase",
        path="/v1/patients/{id}/export",
        kind="case",
        role="therapist",
        granted=grant(therapist="related"),
    ),
)


def open_to(roles: Collection[str]) -> Sequence[str]:
    """The names of those that somebody with one of these roles may ask for."""
    return [each.name for each in OPERATIONS if each.role in roles]
