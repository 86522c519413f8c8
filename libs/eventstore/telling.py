"""Who tells us of something, when it happened in the world, and when we heard of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Role = Literal[
    "patient",
    "therapist",
    "supervisor",
    "clinic_admin",
    "integrator",
    "analyst",
    "operator",
    "system",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person or service behind a request; `on_behalf_of` is the patient spoken for."""

    person_id: UUID
    role: Role
    on_behalf_of: UUID | None = None

    @property
    def speaks_as_patient(self) -> bool:
        """What a therapist tells on a patient's behalf is the patient's."""
        return self.role == "patient" or self.on_behalf_of is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every request carries. Rules about time compare with `happened_at`, never with `now`,
    so that things can be told late.
    """

    by: Actor
    happened_at: datetime
    now: datetime


class Minted:
    """Marks a request's id field: a client may bring its own UUID, else the edge makes one."""


MINTED = Minted()


class LookedUp:
    """Marks a request field that the edge looks up in what the service knows; never from a body."""


LOOKED_UP = LookedUp()
