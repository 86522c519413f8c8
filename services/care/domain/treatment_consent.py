"""A patient agrees to be treated, under a text that they were shown."""

from dataclasses import dataclass
from datetime import datetime

from libs.eventstore.telling import Told
from services.care.domain.consent_words import Attested, ConsentId, Party, TextVersion
from services.care.domain.patient import PatientId

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentConsentGiven:
    """The patient agrees to be treated, until it is withdrawn. `text_version` is what they were
    shown; a therapist who tells it says how the patient said so.
    """

    consent_id: ConsentId
    patient_id: PatientId
    text_version: str
    given_by: Party
    attested: Attested | None = None
    given_at: datetime


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentToTreatment(Told):
    """Told by the patient, or by a therapist who attests how the patient said so. Told again under
    another text, the last one counts.
    """

    patient_id: PatientId
    text_version: TextVersion
    attested: Attested | None = None
