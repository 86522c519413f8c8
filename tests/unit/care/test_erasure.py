"""Masha wants to be erased: she is heard, told when, and nothing is done before its time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Actor, Told
from libs.testing.cast import ANNA, MASHA, NOW, PATIENT
from libs.testing.scenario import Scenario
from libs.vocabulary.removal import Removed
from services.care.domain import erasure, erasure_facts, erasure_rules
from services.care.domain.erasure import (
    AnnounceErasure,
    ConfirmErasure,
    EndErasureHold,
    ErasePatient,
    HoldErasure,
    ReleaseErasure,
    RequestErasure,
    WithdrawErasure,
)
from services.care.domain.erasure_facts import (
    EVERYWHERE,
    Because,
    Confirmation,
    ErasureAnnounced,
    ErasureCertified,
    ErasureConfirmed,
    ErasureHeld,
    ErasureHoldEnded,
    ErasureReleased,
    ErasureRequested,
    ErasureWithdrawn,
    Hold,
    PatientErased,
    Where,
)
from services.care.domain.patient import PatientId

never_asked: Scenario[erasure.Command, erasure.State, erasure_facts.Event] = Scenario(
    erasure_rules.decider
)

WHO = PatientId(MASHA)
ADMIN = Actor(person_id=ANNA, role="clinic_admin")
SYSTEM = Actor(person_id=ANNA, role="system")
GRACE = timedelta(days=30)
OVER = NOW + GRACE
A_MINUTE_LATER = OVER + timedelta(minutes=1)
YEARS = 10


def asks(by: Actor = PATIENT, because: Because | None = None) -> RequestErasure:
    return RequestErasure(by=by, happened_at=NOW, now=NOW, patient_id=WHO, because=because)


def holds(reason: Hold, now: datetime = NOW, **dates: datetime) -> HoldErasure:
    return HoldErasure(
        by=ADMIN, happened_at=now, now=now, reason=reason, retention_years=YEARS, **dates
    )


def releases(now: datetime = OVER) -> ReleaseErasure:
    return ReleaseErasure(by=ADMIN, happened_at=now, now=now)


def confirms(where: Where) -> ConfirmErasure:
    return ConfirmErasure(
        by=SYSTEM,
        happened_at=OVER,
        now=A_MINUTE_LATER,
        where=where,
        removed=(Removed(what="known_people", count=1),),
        confirmed_at=A_MINUTE_LATER,
    )


def confirmation(where: Where) -> Confirmation:
    return Confirmation(
        where=where,
        removed=(Removed(what="known_people", count=1),),
        confirmed_at=A_MINUTE_LATER,
    )


announces = AnnounceErasure(by=ADMIN, happened_at=NOW, now=NOW, grace_days=GRACE.days)
withdraws = WithdrawErasure(by=PATIENT, happened_at=NOW, now=NOW)
ends_the_hold = EndErasureHold(by=ADMIN, happened_at=NOW, now=NOW, reason="legal_hold")
erases = ErasePatient(by=SYSTEM, happened_at=NOW, now=OVER, unreadable_from=A_MINUTE_LATER)

requested = ErasureRequested(
    patient_id=WHO, requested_by="patient", because="patients_wish", requested_at=NOW
)
by_the_clinic = replace(requested, requested_by="clinic_admin", because="retention_over")
announced = ErasureAnnounced(not_before=OVER, announced_at=NOW)
held = ErasureHeld(reason="legal_hold", held_at=NOW)
released = ErasureReleased(patient_id=WHO, released_at=OVER)
erased = PatientErased(patient_id=WHO, erased_at=OVER, unreadable_from=A_MINUTE_LATER)


# --- Asked for, and taken back. ---


def test_a_patient_asks_without_a_reason() -> None:
    never_asked.when(asks()).then(requested)


def test_a_patient_has_no_other_reason_than_their_wish() -> None:
    never_asked.when(asks(because="patients_wish")).then(requested)
    never_asked.when(asks(because="retention_over")).then_rejected(erasure.ErasureReason)


def test_a_clinic_that_asks_on_a_patients_behalf_says_why() -> None:
    never_asked.when(asks(ADMIN)).then_rejected(erasure.ErasureReason)
    never_asked.when(asks(ADMIN, "retention_over")).then(by_the_clinic)


def test_asked_for_twice_it_is_asked_for_once() -> None:
    never_asked.given(requested).when(asks()).then_nothing_changes()
    never_asked.given(requested).when(asks(ADMIN, "other")).then_nothing_changes()


@pytest.mark.parametrize("history", [(), (announced,), (announced, held)])
def test_a_wish_is_the_patients_from_when_they_ask_for_what_the_clinic_asked_for(
    history: tuple[erasure_facts.Event, ...],
) -> None:
    never_asked.given(by_the_clinic, *history).when(asks()).then(requested)
    never_asked.given(by_the_clinic, *history).when(asks(ADMIN, "other")).then_nothing_changes()
    both = never_asked.given(by_the_clinic, *history, requested)
    both.when(asks()).then_nothing_changes()
    both.when(replace(withdraws, by=ADMIN)).then_rejected(erasure.ErasureThePatients)
    both.when(withdraws).then(ErasureWithdrawn(withdrawn_by="patient", withdrawn_at=NOW))


def test_what_was_announced_and_held_stays_so_when_the_patient_asks_too() -> None:
    both = never_asked.given(by_the_clinic, announced, requested)
    both.when(announces).then_nothing_changes()
    both.when(releases()).then(released)
    under_hold = never_asked.given(by_the_clinic, announced, held, requested)
    under_hold.when(releases()).then_rejected(erasure.ErasureIsHeld)


@pytest.mark.parametrize("history", [(), (announced,), (announced, held)])
def test_a_patient_changes_their_mind_before_it_is_released(
    history: tuple[erasure_facts.Event, ...],
) -> None:
    never_asked.given(requested, *history).when(withdraws).then(
        ErasureWithdrawn(withdrawn_by="patient", withdrawn_at=NOW)
    )


def test_a_clinic_does_not_take_back_what_the_patient_wishes() -> None:
    theirs = replace(withdraws, by=ADMIN)
    never_asked.given(requested).when(theirs).then_rejected(erasure.ErasureThePatients)
    never_asked.given(by_the_clinic).when(theirs).then(
        ErasureWithdrawn(withdrawn_by="clinic_admin", withdrawn_at=NOW)
    )


def test_what_was_withdrawn_is_neither_announced_nor_released() -> None:
    withdrawn = ErasureWithdrawn(withdrawn_by="patient", withdrawn_at=NOW)
    over = never_asked.given(requested, announced, withdrawn)
    over.when(withdraws).then_nothing_changes()
    for command in (announces, holds("legal_hold"), ends_the_hold, releases(), erases):
        over.when(command).then_rejected(erasure.ErasureNotRequested)


def test_a_wish_that_comes_again_begins_anew_and_finds_what_holds_it() -> None:
    withdrawn = ErasureWithdrawn(withdrawn_by="patient", withdrawn_at=NOW)
    again = never_asked.given(requested, announced, held, withdrawn)
    again.when(asks()).then(requested)
    anew = never_asked.given(requested, announced, held, withdrawn, requested)
    anew.when(releases()).then_rejected(erasure.ErasureNotAnnounced)
    anew.when(ends_the_hold).then(ErasureHoldEnded(reason="legal_hold", ended_at=NOW))


# --- Announced, with a time of grace. ---


def test_it_is_announced_with_the_clinics_time_of_grace() -> None:
    never_asked.given(requested).when(announces).then(announced)
    never_asked.given(requested, announced).when(announces).then_nothing_changes()


def test_a_grace_is_not_made_shorter_by_telling_it_late() -> None:
    last_month = NOW - GRACE
    never_asked.given(requested).when(replace(announces, happened_at=last_month)).then(
        replace(announced, announced_at=last_month)
    )


def test_nothing_is_released_that_was_not_announced() -> None:
    never_asked.given(requested).when(releases()).then_rejected(erasure.ErasureNotAnnounced)


def test_nothing_is_released_before_its_time() -> None:
    early = releases(OVER - timedelta(microseconds=1))
    given = never_asked.given(requested, announced)
    given.when(early).then_rejected(erasure.ErasureTooEarly)
    told_ahead = replace(early, happened_at=OVER)
    given.when(told_ahead).then_rejected(erasure.ErasureTooEarly)


def test_after_its_time_it_is_released_once() -> None:
    never_asked.given(requested, announced).when(releases()).then(released)
    never_asked.given(requested, announced, released).when(releases()).then_nothing_changes()


# --- Held. ---


def test_a_legal_hold_may_have_no_end_until_somebody_ends_it() -> None:
    never_asked.given(requested).when(holds("legal_hold")).then(held)
    under_hold = never_asked.given(requested, announced, held)
    under_hold.when(holds("legal_hold")).then_nothing_changes()
    under_hold.when(releases(OVER + timedelta(days=9_999))).then_rejected(erasure.ErasureIsHeld)
    ended = ErasureHoldEnded(reason="legal_hold", ended_at=NOW)
    under_hold.when(ends_the_hold).then(ended)
    never_asked.given(requested, announced, held, ended).when(releases()).then(released)


def test_a_hold_with_an_end_ends_by_itself() -> None:
    until = OVER + timedelta(days=5)
    given = never_asked.given(requested, announced, replace(held, until=until))
    given.when(releases(until - timedelta(seconds=1))).then_rejected(erasure.ErasureIsHeld)
    given.when(releases(until)).then(replace(released, released_at=until))


def test_one_of_two_holds_is_enough() -> None:
    kept = replace(held, reason="retention", until=OVER + timedelta(days=5), counted_from="date")
    ended = ErasureHoldEnded(reason="legal_hold", ended_at=NOW)
    never_asked.given(requested, announced, held, kept, ended).when(releases()).then_rejected(
        erasure.ErasureIsHeld
    )


def test_ending_a_hold_that_is_none_changes_nothing() -> None:
    never_asked.given(requested).when(ends_the_hold).then_nothing_changes()


LAST_SEEN = datetime(2024, 2, 29, 16, 0, tzinfo=UTC)


def test_a_record_is_kept_for_the_clinics_years_after_the_last_contact() -> None:
    """Ten years after a 29th of February: not a day less."""
    never_asked.given(requested).when(holds("retention", last_contact_at=LAST_SEEN)).then(
        ErasureHeld(
            reason="retention",
            until=datetime(2034, 3, 1, 16, 0, tzinfo=UTC),
            counted_from="last_contact",
            held_at=NOW,
        )
    )


def test_of_a_minor_the_years_are_counted_from_when_they_came_of_age() -> None:
    eighteen = datetime(2029, 7, 14, tzinfo=UTC)
    never_asked.given(requested).when(
        holds("retention", last_contact_at=LAST_SEEN, of_age_at=eighteen)
    ).then(
        ErasureHeld(
            reason="retention",
            until=datetime(2039, 7, 14, tzinfo=UTC),
            counted_from="majority",
            held_at=NOW,
        )
    )


def test_who_was_of_age_at_the_last_contact_is_no_minor() -> None:
    (fact,) = erasure_rules.decide(
        holds("retention", last_contact_at=LAST_SEEN, of_age_at=datetime(2011, 7, 14, tzinfo=UTC)),
        erasure_rules.decider.fold([requested]),
    )
    assert isinstance(fact, ErasureHeld)
    assert (fact.counted_from, fact.until) == (
        "last_contact",
        datetime(2034, 3, 1, 16, 0, tzinfo=UTC),
    )


def test_a_clinic_may_give_the_end_itself() -> None:
    until = datetime(2031, 1, 1, tzinfo=UTC)
    never_asked.given(requested).when(holds("retention", until=until)).then(
        ErasureHeld(reason="retention", until=until, counted_from="date", held_at=NOW)
    )


@pytest.mark.parametrize(
    ("reason", "dates"),
    [
        ("retention", {}),
        ("retention", {"until": OVER, "last_contact_at": LAST_SEEN}),
        ("retention", {"until": OVER, "of_age_at": LAST_SEEN}),
        ("retention", {"of_age_at": LAST_SEEN}),
        ("legal_hold", {"last_contact_at": LAST_SEEN}),
        ("legal_hold", {"of_age_at": LAST_SEEN}),
    ],
)
def test_a_time_of_retention_has_one_end(reason: Hold, dates: dict[str, datetime]) -> None:
    never_asked.given(requested).when(holds(reason, **dates)).then_rejected(erasure.HoldEnd)


def test_a_hold_whose_end_has_passed_holds_nothing() -> None:
    never_asked.given(requested).when(holds("legal_hold", until=NOW)).then_rejected(
        erasure.HoldOver
    )
    long_ago = datetime(2010, 1, 1, tzinfo=UTC)
    never_asked.given(requested).when(holds("retention", last_contact_at=long_ago)).then_rejected(
        erasure.HoldOver
    )


# --- Done, and proved. ---


def test_only_what_was_released_is_erased_and_once() -> None:
    never_asked.given(requested, announced, released).when(erases).then(erased)
    never_asked.given(requested, announced, released, erased).when(erases).then_nothing_changes()
    never_asked.given(requested, announced).when(erases).then_rejected(erasure.ErasureNotRequested)


@pytest.mark.parametrize("after", [(released,), (released, erased)])
@pytest.mark.parametrize(
    "command",
    [asks(), withdraws, announces, holds("legal_hold"), ends_the_hold],
    ids=lambda told: type(told).__name__,
)
def test_what_is_released_cannot_be_taken_back(
    after: tuple[erasure_facts.Event, ...], command: erasure.Command
) -> None:
    never_asked.given(requested, announced, *after).when(command).then_rejected(
        erasure.ErasureUnderWay
    )


def test_nobody_confirms_what_is_not_done() -> None:
    for history in ((requested,), (requested, announced, released)):
        never_asked.given(*history).when(confirms("diary")).then_rejected(erasure.PatientNotErased)


def test_each_confirms_once_and_the_last_completes_the_certificate() -> None:
    done: list[erasure_facts.Event] = [requested, announced, released, erased]
    for where in EVERYWHERE[:-1]:
        confirmed = ErasureConfirmed(patient_id=WHO, confirmation=confirmation(where))
        never_asked.given(*done).when(confirms(where)).then(confirmed)
        done.append(confirmed)
        never_asked.given(*done).when(confirms(where)).then_nothing_changes()
    last = EVERYWHERE[-1]
    never_asked.given(*done).when(confirms(last)).then(
        ErasureConfirmed(patient_id=WHO, confirmation=confirmation(last)),
        ErasureCertified(
            patient_id=WHO,
            destroyed=("clinical", "patient_private"),
            erased_at=OVER,
            unreadable_from=A_MINUTE_LATER,
            confirmations=tuple(confirmation(where) for where in EVERYWHERE),
            certified_at=A_MINUTE_LATER,
        ),
    )


def test_every_rule_says_no_by_a_code_of_its_own() -> None:
    rules = [
        each
        for each in vars(erasure).values()
        if isinstance(each, type) and issubclass(each, Rejected) and each is not Rejected
    ]
    assert len({rule.code for rule in rules}) == len(rules) == 10
    assert issubclass(type(announces), Told)
