"""By which numbers other systems know a patient or a therapist.

A number is sealed, so no rule here compares it: which thing goes by it is known beside the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, Told
from libs.vocabulary.identifier import IdentifierValue, System

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientIdentified:
    """Another system knows this patient by this number."""

    system: str
    value: IdentifierValue
    identified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistIdentified:
    """Another system knows this therapist by this number."""

    system: str
    value: IdentifierValue
    identified_at: datetime


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyPatient(Told):
    """Another system knows them by this number. `known` where that was said before."""

    system: System
    value: IdentifierValue
    known: Annotated[bool, LOOKED_UP]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyTherapist(Told):
    """Another system knows them by this number. `known` where that was said before."""

    system: System
    value: IdentifierValue
    known: Annotated[bool, LOOKED_UP]


class IdentifierTaken(Rejected):
    """Somebody else here goes by this number of this system."""

    code = "identifier-taken"
    pointer = "/value"


# --- Rules. ---


def identify_patient(command: IdentifyPatient) -> Sequence[PatientIdentified]:
    if command.known:
        return []
    return [
        PatientIdentified(
            system=command.system, value=command.value, identified_at=command.happened_at
        )
    ]


def identify_therapist(command: IdentifyTherapist) -> Sequence[TherapistIdentified]:
    if command.known:
        return []
    return [
        TherapistIdentified(
            system=command.system, value=command.value, identified_at=command.happened_at
        )
    ]
