"""What GET shows of a consent: how it stands, and each time that it was given or withdrawn."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, assert_never

from libs.vocabulary.text import Label, Prose
from services.care.domain import consent
from services.care.domain.consent_words import Attested, ConsentId, Party, Scope
from services.care.domain.patient import PatientId
from services.care.domain.sharing_consent import Relation, SharingConsentGiven
from services.care.domain.treatment_consent import TreatmentConsentGiven
from services.care.view import History, folded

Giving = consent.ConsentGiven | TreatmentConsentGiven | SharingConsentGiven


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStep:
    """Given or withdrawn, when in the world, by whose word, and under which text."""

    status: Literal["given", "withdrawn"]
    at: datetime
    by: Party
    text_version: str | None = None
    attested: Attested | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """What the patient allows, and whether they still do. `given_by` and the times are those of the
    last giving; a therapist's is the patient's word, attested. `shared_with`, `relation`,
    `what_for` and `until` (its last day) are those of sharing. `history` has every giving and
    withdrawal, oldest first.
    """

    id: ConsentId
    patient_id: PatientId
    scope: Scope
    purpose: consent.Purpose | None = None
    text_version: str | None = None
    shared_with: Label | None = None
    relation: Relation | None = None
    what_for: Prose | None = None
    until: date | None = None
    status: Literal["given", "withdrawn"]
    given_by: Party
    attested: Attested | None = None
    given_at: datetime
    withdrawn_at: datetime | None = None
    history: tuple[ConsentStep, ...] = ()


def of_consent(history: History[consent.Event]) -> ConsentView:
    return folded(history, _consented)


def _consented(view: ConsentView | None, fact: consent.Event) -> ConsentView | None:
    earlier = view.history if view is not None else ()
    if isinstance(fact, consent.ConsentWithdrawn):
        step = ConsentStep(status="withdrawn", at=fact.withdrawn_at, by=fact.withdrawn_by)
        return view and replace(
            view,
            status="withdrawn",
            withdrawn_at=fact.withdrawn_at,
            history=(*earlier, step),
        )
    return replace(_given(fact), history=(*earlier, _step(fact)))


def _step(fact: Giving) -> ConsentStep:
    if isinstance(fact, consent.ConsentGiven):
        return ConsentStep(status="given", at=fact.given_at, by=fact.given_by)
    return ConsentStep(
        status="given",
        at=fact.given_at,
        by=fact.given_by,
        text_version=fact.text_version,
        attested=fact.attested,
    )


def _given(fact: Giving) -> ConsentView:
    match fact:
        case consent.ConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope=fact.scope,
                purpose=fact.purpose,
                status="given",
                given_by=fact.given_by,
                given_at=fact.given_at,
            )
        case TreatmentConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope="treatment",
                text_version=fact.text_version,
                status="given",
                given_by=fact.given_by,
                attested=fact.attested,
                given_at=fact.given_at,
            )
        case SharingConsentGiven():
            return ConsentView(
                id=fact.consent_id,
                patient_id=fact.patient_id,
                scope="sharing",
                text_version=fact.text_version,
                shared_with=fact.shared_with,
                relation=fact.relation,
                what_for=fact.what_for,
                until=fact.until,
                status="given",
                given_by=fact.given_by,
                attested=fact.attested,
                given_at=fact.given_at,
            )
        case _:
            assert_never(fact)
