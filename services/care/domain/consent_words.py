"""What consents of every scope have in common: their ids, who tells of them, under which text."""

import re
from typing import Annotated, Literal, NewType
from uuid import UUID, uuid5

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Actor
from libs.vocabulary.checked import Checked
from services.care.domain.patient import PatientId

ConsentId = NewType("ConsentId", UUID)

_CONSENTS = UUID("5d0c0c1e-2f0b-5c57-8d2e-6f8f0c9b7a11")

Scope = Literal["analytics", "treatment", "sharing", "research"]
"""All that a consent can ever be about; a request takes those that somebody honours today."""

Party = Literal["patient", "therapist"]

Attested = Literal["verbal", "on_paper"]
"""How the patient said so, where a therapist tells of it."""

_REFERENCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

TextVersion = Annotated[
    str,
    MaxLen(64),
    Checked(
        lambda reference: _REFERENCE.fullmatch(reference) is not None,
        code="not-a-text-version",
        message="This takes the reference of a text, such as treatment-2026-01.",
        described={"pattern": f"^{_REFERENCE.pattern}$"},
    ),
]
"""Which version of the clinic's own text the patient was shown."""


class ConsentNotAttested(Rejected):
    """A therapist who tells of a patient's consent attests it; a patient has nothing to attest."""

    code = "consent-not-attested"
    pointer = "/attested"


def consent_of(patient_id: PatientId, scope: Scope) -> ConsentId:
    """One per patient and scope, whoever tells it and however often; but sharing is consented to
    person by person, each under an id of its own.
    """
    return ConsentId(uuid5(_CONSENTS, f"{patient_id}/{scope}"))


def party_of(by: Actor) -> Party:
    return "therapist" if by.role == "therapist" else "patient"


def must_be_attested(by: Actor, attested: object) -> None:
    if bool(attested) != (party_of(by) == "therapist"):
        raise ConsentNotAttested
