"""What a patient wrote for themselves alone is erased at once, because they wish it: nobody is
asked, nothing holds it, and no reason is wanted.

The key of the class `patient_private` is destroyed first and the fact recorded then, so a request
that is cut off in between is finished by sending it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.eventstore.decider import Decider
from libs.eventstore.telling import Told
from services.care.domain.patient import PatientId

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateTextErased:
    """Whatever this patient had written for themselves alone, until `erased_at`, nobody can read
    again. That it was written, and when, is still known.
    """

    patient_id: PatientId
    erased_at: datetime


Event = PrivateTextErased


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NeverErased:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedBefore:
    patient_id: PatientId


State = NeverErased | ErasedBefore


def evolve(_state: State, event: Event) -> State:
    return ErasedBefore(patient_id=event.patient_id)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePrivateText(Told):
    """Cannot be taken back. What was shared with a therapist from the beginning stays."""

    patient_id: PatientId


Command = ErasePrivateText


# --- Rules. ---


def erase(command: ErasePrivateText, _state: State) -> Sequence[Event]:
    """Each wish counts by itself: something may have been written since the last. What was erased
    is what there was when the key went, whatever time is told.
    """
    return [PrivateTextErased(patient_id=command.patient_id, erased_at=command.now)]


decider: Decider[Command, State, Event] = Decider(NeverErased(), evolve, erase)
