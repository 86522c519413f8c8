"""How long a clinic waits before it erases somebody, and how long it has to keep a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from services.care.domain.clinic import ClinicId

GRACE_DAYS = 30
RETENTION_YEARS = 10
"""Where a clinic has said nothing: what many laws ask for, and no advice on any of them."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePolicySet:
    """From now on. What was announced or held before keeps its dates."""

    clinic_id: ClinicId
    grace_days: int
    retention_years: int


Event = ErasurePolicySet


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`clinic_id` None: nobody has set anything, and what is usual counts."""

    clinic_id: ClinicId | None = None
    grace_days: int = GRACE_DAYS
    retention_years: int = RETENTION_YEARS


State = Policy


def evolve(_state: State, event: Event) -> State:
    return Policy(
        clinic_id=event.clinic_id,
        grace_days=event.grace_days,
        retention_years=event.retention_years,
    )


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SetErasurePolicy(Told):
    """`grace_days`: between announcing an erasure and carrying it out, so that a patient can change
    their mind. `retention_years`: for which the law has the clinic keep a record, counted from the
    last contact, or from when a minor came of age.
    """

    clinic_id: ClinicId
    grace_days: Annotated[int, Ge(1), Le(365)] = GRACE_DAYS
    retention_years: Annotated[int, Ge(0), Le(50)] = RETENTION_YEARS
    tenant_id: Annotated[UUID, LOOKED_UP]


Command = SetErasurePolicy


class NotThisClinicsPolicy(Rejected):
    """A clinic sets its own policy: `clinic_id` must be that of the token."""

    code = "not-this-clinics-policy"
    pointer = "/clinic_id"


# --- Rules. ---


def set_policy(command: SetErasurePolicy, state: State) -> Sequence[Event]:
    if command.clinic_id != command.tenant_id:
        raise NotThisClinicsPolicy
    told = ErasurePolicySet(
        clinic_id=command.clinic_id,
        grace_days=command.grace_days,
        retention_years=command.retention_years,
    )
    return [] if evolve(state, told) == state else [told]


decider: Decider[Command, State, Event] = Decider(Policy(), evolve, set_policy)
