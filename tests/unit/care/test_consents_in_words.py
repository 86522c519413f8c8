"""What Masha agrees to: to be treated, and that people whom she names are told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from libs.eventstore.telling import Actor
from libs.testing.cast import FOR_MASHA, LEV, MASHA, NOW, PATIENT
from libs.testing.scenario import Scenario
from services.care.domain import consent
from services.care.domain.consent import (
    ConsentGivenOtherwise,
    ConsentNotAttested,
    ConsentWithdrawn,
    ConsentWithdrawnSince,
    WithdrawConsent,
)
from services.care.domain.consent_words import ConsentId, consent_of
from services.care.domain.patient import PatientId
from services.care.domain.sharing_consent import (
    ConsentIdDerived,
    ConsentToSharing,
    SharingConsentGiven,
    SharingEndsBeforeItBegins,
)
from services.care.domain.treatment_consent import ConsentToTreatment, TreatmentConsentGiven

never_asked: Scenario[consent.Command, consent.State, consent.Event] = Scenario(consent.decider)

TREATMENT = consent_of(PatientId(MASHA), "treatment")
NINA = ConsentId(UUID("00000000-0000-7000-8000-000000000191"))
LATER = NOW + timedelta(days=40)

says_no = WithdrawConsent(by=PATIENT, happened_at=LATER, now=LATER)


def agrees(by: Actor = PATIENT, attested: Any = None) -> ConsentToTreatment:
    return ConsentToTreatment(
        by=by,
        happened_at=NOW,
        now=NOW,
        patient_id=PatientId(MASHA),
        text_version="treatment-2026-01",
        attested=attested,
    )


def names_nina(by: Actor = PATIENT, attested: Any = None) -> ConsentToSharing:
    return ConsentToSharing(
        by=by,
        happened_at=NOW,
        now=NOW,
        id=NINA,
        patient_id=PatientId(MASHA),
        shared_with="My sister Nina",
        relation="relative",
        what_for="When I do not answer the telephone.",
        until=date(2026, 12, 31),
        text_version="sharing-2026-01",
        attested=attested,
    )


treated = TreatmentConsentGiven(
    consent_id=TREATMENT,
    patient_id=PatientId(MASHA),
    text_version="treatment-2026-01",
    given_by="patient",
    given_at=NOW,
)
named = SharingConsentGiven(
    consent_id=NINA,
    patient_id=PatientId(MASHA),
    shared_with="My sister Nina",
    relation="relative",
    what_for="When I do not answer the telephone.",
    until=date(2026, 12, 31),
    text_version="sharing-2026-01",
    given_by="patient",
    given_at=NOW,
)
no_treatment = ConsentWithdrawn(
    consent_id=TREATMENT,
    patient_id=PatientId(MASHA),
    scope="treatment",
    withdrawn_by="patient",
    withdrawn_at=LATER,
)
not_nina = replace(no_treatment, consent_id=NINA, scope="sharing")


def test_a_patient_agrees_to_be_treated() -> None:
    never_asked.when(agrees()).then(treated)


@pytest.mark.parametrize("how", ["verbal", "on_paper"])
def test_a_therapist_says_how_the_patient_said_so(how: Any) -> None:
    never_asked.when(agrees(FOR_MASHA, how)).then(
        replace(treated, given_by="therapist", attested=how)
    )


def test_who_attests_nothing_is_refused() -> None:
    never_asked.when(agrees(FOR_MASHA)).then_rejected(ConsentNotAttested)
    never_asked.when(names_nina(FOR_MASHA)).then_rejected(ConsentNotAttested)


def test_a_patient_attests_nothing() -> None:
    never_asked.when(agrees(attested="verbal")).then_rejected(ConsentNotAttested)
    never_asked.when(names_nina(attested="on_paper")).then_rejected(ConsentNotAttested)


def test_agreeing_twice_to_the_same_text_is_agreeing_once() -> None:
    never_asked.given(treated).when(agrees()).then_nothing_changes()


def test_a_new_text_is_agreed_to_anew() -> None:
    never_asked.given(treated).when(replace(agrees(), text_version="treatment-2027-01")).then(
        replace(treated, text_version="treatment-2027-01")
    )


def test_a_patient_withdraws_it() -> None:
    never_asked.given(treated).when(says_no).then(no_treatment)
    never_asked.given(named).when(says_no).then(not_nina)


def test_what_is_told_late_undoes_no_withdrawal() -> None:
    never_asked.given(treated, no_treatment).when(agrees()).then_rejected(ConsentWithdrawnSince)
    never_asked.given(named, not_nina).when(names_nina()).then_rejected(ConsentWithdrawnSince)


def test_a_new_text_undoes_no_withdrawal_either() -> None:
    late = replace(agrees(), text_version="treatment-2027-01")
    never_asked.given(treated, no_treatment).when(late).then_rejected(ConsentWithdrawnSince)


def test_a_patient_may_agree_again_afterwards() -> None:
    again = LATER + timedelta(days=1)
    never_asked.given(treated, no_treatment).when(replace(agrees(), happened_at=again)).then(
        replace(treated, given_at=again)
    )


def test_a_patient_names_somebody_who_may_be_told() -> None:
    never_asked.when(names_nina()).then(named)


def test_naming_her_twice_is_naming_her_once() -> None:
    never_asked.given(named).when(names_nina()).then_nothing_changes()


@pytest.mark.parametrize(
    "otherwise",
    [{"relation": "friend"}, {"until": None}, {"text_version": "sharing-2027-01"}],
    ids=lambda said: next(iter(said)),
)
def test_who_is_told_and_how_long_does_not_change_unseen(otherwise: Any) -> None:
    never_asked.given(named).when(replace(names_nina(), **otherwise)).then_rejected(
        ConsentGivenOtherwise
    )


@pytest.mark.parametrize("before", [(named,), (named, not_nina)], ids=["given", "withdrawn"])
def test_an_id_that_is_somebody_elses_is_taken(before: Any) -> None:
    for_lev = replace(names_nina(), patient_id=PatientId(LEV), happened_at=LATER)
    lev_again = replace(for_lev, happened_at=LATER + timedelta(days=1))
    never_asked.given(*before).when(lev_again).then_rejected(ConsentGivenOtherwise)


def test_nobody_takes_the_place_of_a_consent_whose_id_is_derived() -> None:
    for derived in (TREATMENT, uuid5(MASHA, "anything")):
        never_asked.when(replace(names_nina(), id=ConsentId(derived))).then_rejected(
            ConsentIdDerived
        )


def test_sharing_ends_no_earlier_than_it_begins() -> None:
    yesterday = NOW.date() - timedelta(days=1)
    never_asked.when(replace(names_nina(), until=yesterday)).then_rejected(
        SharingEndsBeforeItBegins
    )
    never_asked.when(replace(names_nina(), until=NOW.date())).then(replace(named, until=NOW.date()))
