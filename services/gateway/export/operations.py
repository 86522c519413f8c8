"""Which exports there are, and who may ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libs.access.policy import Grant, grant
from libs.access.principal import Principal
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


def open_to(principal: Principal) -> Sequence[str]:
    """The names of those that they may ask for, as far as roles go."""
    return [each.name for each in OPERATIONS if each.granted.refusal(principal) is None]
