"""What Masha allows to be done with what is recorded about her; and that a no is a no."""

from dataclasses import replace
from datetime import timedelta

from libs.eventstore.telling import Actor
from libs.testing.cast import FOR_MASHA, LEV, MASHA, NOW, PATIENT
from libs.testing.scenario import Scenario
from services.care.domain import consent
from services.care.domain.consent import (
    ConsentGiven,
    ConsentGivenOtherwise,
    ConsentNotAttested,
    ConsentWithdrawn,
    ConsentWithdrawnSince,
    GiveConsent,
    WithdrawConsent,
    consent_of,
)
from services.care.domain.patient import PatientId

never_asked: Scenario[consent.Command, consent.State, consent.Event] = Scenario(consent.decider)

HERS = consent_of(PatientId(MASHA), "analytics")
LATER = NOW + timedelta(days=40)


def says_yes(by: Actor = PATIENT, *, attested: bool = False) -> GiveConsent:
    return GiveConsent(
        by=by,
        happened_at=NOW,
        now=NOW,
        patient_id=PatientId(MASHA),
        scope="analytics",
        purpose="service_evaluation",
        attested=attested,
    )


says_no = WithdrawConsent(by=PATIENT, happened_at=LATER, now=LATER)

given = ConsentGiven(
    consent_id=HERS,
    patient_id=PatientId(MASHA),
    scope="analytics",
    purpose="service_evaluation",
    given_by="patient",
    given_at=NOW,
)
withdrawn = ConsentWithdrawn(
    consent_id=HERS,
    patient_id=PatientId(MASHA),
    scope="analytics",
    withdrawn_by="patient",
    withdrawn_at=LATER,
)


def test_a_patient_consents() -> None:
    never_asked.when(says_yes()).then(given)


def test_a_therapist_attests_what_the_patient_said() -> None:
    never_asked.when(says_yes(FOR_MASHA, attested=True)).then(replace(given, given_by="therapist"))


def test_a_therapist_who_does_not_attest_it_is_refused() -> None:
    never_asked.when(says_yes(FOR_MASHA)).then_rejected(ConsentNotAttested)


def test_a_patient_attests_nothing() -> None:
    never_asked.when(says_yes(attested=True)).then_rejected(ConsentNotAttested)


def test_consent_given_twice_is_given_once() -> None:
    never_asked.given(given).when(says_yes()).then_nothing_changes()


def test_consent_does_not_change_its_purpose_unseen() -> None:
    never_asked.given(given).when(replace(says_yes(), purpose="quality_improvement")).then_rejected(
        ConsentGivenOtherwise
    )


def test_a_patient_withdraws_it() -> None:
    never_asked.given(given).when(says_no).then(withdrawn)


def test_withdrawing_what_was_never_given_is_already_so() -> None:
    never_asked.when(says_no).then_nothing_changes()


def test_withdrawing_twice_is_already_so() -> None:
    never_asked.given(given, withdrawn).when(says_no).then_nothing_changes()


def test_a_withdrawal_counts_though_its_time_lies_before_the_consent() -> None:
    earlier = NOW - timedelta(hours=1)
    never_asked.given(given).when(replace(says_no, happened_at=earlier)).then(
        replace(withdrawn, withdrawn_at=earlier)
    )


def test_a_consent_that_is_told_late_does_not_undo_a_withdrawal() -> None:
    never_asked.given(given, withdrawn).when(says_yes()).then_rejected(ConsentWithdrawnSince)


def test_a_patient_may_consent_again_afterwards() -> None:
    again = LATER + timedelta(days=1)
    never_asked.given(given, withdrawn).when(replace(says_yes(), happened_at=again)).then(
        replace(given, given_at=again)
    )


def test_each_patient_has_one_consent_for_each_scope() -> None:
    scopes: tuple[consent.Scope, ...] = ("analytics", "treatment", "sharing", "research")
    ids = {consent_of(PatientId(who), scope) for who in (MASHA, LEV) for scope in scopes}
    assert len(ids) == 8
