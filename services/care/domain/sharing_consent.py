"""A patient agrees that somebody whom they name is told about their treatment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label, Prose
from services.care.domain.consent_words import Attested, ConsentId, Party, TextVersion
from services.care.domain.patient import PatientId

Relation = Literal["partner", "relative", "friend", "clinician", "other"]

_DERIVED = 5
"""The version of UUIDs that are made of other things."""

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingConsentGiven:
    """The patient agrees that this person is told, until the end of that day or until it is
    withdrawn. The person is a third party: named in sealed text, and known to nobody here.
    """

    consent_id: ConsentId
    patient_id: PatientId
    shared_with: Label
    relation: Relation
    what_for: Prose | None = None
    until: date | None = None
    text_version: str
    given_by: Party
    attested: Attested | None = None
    given_at: datetime


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentToSharing(Told):
    """With one person, a consent for each. Told by the patient, or by a therapist who attests how
    the patient said so. It is a word to those who treat: nobody gets access by it.
    """

    id: Annotated[ConsentId, MINTED]
    patient_id: PatientId
    shared_with: Label
    relation: Relation
    what_for: Prose | None = None
    until: date | None = None
    text_version: TextVersion
    attested: Attested | None = None


class ConsentIdDerived(Rejected):
    """Ids of version 5 are those that are derived here: bring another, best of version 7."""

    code = "consent-id-derived"
    pointer = "/id"


class SharingEndsBeforeItBegins(Rejected):
    """The last day lies before the day on which the patient said so."""

    code = "sharing-ends-before-it-begins"
    pointer = "/until"


# --- Rules. ---


def facts_of(command: ConsentToSharing, given_by: Party) -> Sequence[SharingConsentGiven]:
    if command.id.version == _DERIVED:
        # Else somebody could take the place of a patient's consent to something else.
        raise ConsentIdDerived
    if command.until is not None and command.until < command.happened_at.date():
        raise SharingEndsBeforeItBegins
    return [
        SharingConsentGiven(
            consent_id=command.id,
            patient_id=command.patient_id,
            shared_with=command.shared_with,
            relation=command.relation,
            what_for=command.what_for,
            until=command.until,
            text_version=command.text_version,
            given_by=given_by,
            attested=command.attested,
            given_at=command.happened_at,
        )
    ]
