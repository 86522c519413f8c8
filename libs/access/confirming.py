"""A service says, by a fact of its own, that it has removed what it kept of an erased patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from libs.access import erasing
from libs.access.erasing import PatientErased
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Decider
from libs.eventstore.desk import Desk
from libs.eventstore.errors import NotKnownYet
from libs.eventstore.reacting import Cause, Reaction, Reactions, Wish
from libs.eventstore.telling import Told
from libs.eventstore.wire import Wire
from libs.vocabulary.removal import Removed, removed

_CONFIRMATIONS = UUID("7a1c2a52-0c0e-5f3b-9f39-0d4c6f5f2b90")


def confirmation_of(service: str, patient_id: UUID) -> UUID:
    """One for each service and patient: whoever reads several topics tells the streams apart."""
    return uuid5(_CONFIRMATIONS, f"{service}/{patient_id}")


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureConfirmed:
    """This service has removed what it kept of the patient beside its facts, and does nothing more
    about them. What it recorded stands, and nobody can read what was written in it.
    """

    patient_id: UUID
    removed: tuple[Removed, ...]
    confirmed_at: datetime


# --- State, request, rule. ---


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    patient_id: UUID


State = Unconfirmed | Confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmErasure(Told):
    patient_id: UUID
    removed: tuple[Removed, ...]


def evolve(_state: State, event: ErasureConfirmed) -> State:
    return Confirmed(patient_id=event.patient_id)


def confirm(command: ConfirmErasure, state: State) -> Sequence[ErasureConfirmed]:
    if isinstance(state, Confirmed):
        return []
    return [
        ErasureConfirmed(
            patient_id=command.patient_id, removed=command.removed, confirmed_at=command.now
        )
    ]


Confirmations = Aggregate[ConfirmErasure, State, ErasureConfirmed]


def confirmations(name: str) -> Confirmations:
    """`name` is the fact's on the wire: each service has its own."""
    return Aggregate(
        category="confirmation",
        decider=Decider(Unconfirmed(), evolve, confirm),
        wire=Wire[ErasureConfirmed]({ErasureConfirmed: name}),
        subject=lambda state: state.patient_id if isinstance(state, Confirmed) else None,
    )


def reactions(service: str, desk: Desk[Any, Any, Any]) -> Reactions:
    """interlude.care.PatientErased  →  ConfirmErasure, once what was kept is removed"""

    def confirmed(cause: Cause[PatientErased], db: Connection) -> Sequence[Wish]:
        patient_id = cause.fact.patient_id
        counts = erasing.removed(db, cause.recorded.tenant_id, patient_id)
        if counts is None:
            # What is kept comes before what it causes, so it could not be removed: it is parked.
            raise NotKnownYet
        command = ConfirmErasure(
            **cause.telling, patient_id=patient_id, removed=tuple(removed(counts))
        )
        stream = confirmation_of(service, patient_id)
        return [Wish(desk=desk, stream_uuid=stream, command=command, creates=True)]

    return {
        erasing.ERASED: [Reaction(name="confirm-erasure", reads=PatientErased, wishes=confirmed)]
    }
