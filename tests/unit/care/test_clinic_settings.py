"""A clinic agrees on something else: when to look twice, what homework needs, what to say."""

from dataclasses import replace

import pytest

from libs.testing.scenario import Scenario
from services.care.domain.clinic import (
    ClinicNotRegistered,
    Command,
    Event,
    State,
    decider,
    particulars,
)
from services.care.domain.clinic_settings import (
    ChangeClinicSettings,
    ClinicSettingsChanged,
    CrisisText,
    CrisisTextTwice,
)
from tests.unit.care.test_clinic import register, registered

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
a_clinic = nothing_yet.given(registered)
LATER = register.happened_at
change = ChangeClinicSettings(by=register.by, happened_at=LATER, now=LATER)
changed = ClinicSettingsChanged(changed_at=LATER)
CALL = CrisisText(locale="en-GB", text="Call 999.")
LLAME = CrisisText(locale="es-ES", text="Llame al 112.")


def test_c05_a_clinic_switches_on_that_homework_needs_a_rationale() -> None:
    a_clinic.when(replace(change, rationale_gate=True)).then(replace(changed, rationale_gate=True))


def test_p1_a_clinic_looks_twice_at_other_ratings() -> None:
    a_clinic.when(replace(change, low_confidence_threshold=0.5)).then(
        replace(changed, low_confidence_threshold=0.5)
    )


def test_what_was_agreed_before_is_not_said_again() -> None:
    both = replace(change, low_confidence_threshold=0.7, session_length_min=45)
    a_clinic.when(both).then(replace(changed, session_length_min=45))
    a_clinic.when(
        replace(change, zone="Europe/London", rationale_gate=False)
    ).then_nothing_changes()
    a_clinic.when(change).then_nothing_changes()


def test_a_gate_that_was_switched_on_is_switched_off_again() -> None:
    gated = nothing_yet.given(registered, replace(changed, rationale_gate=True))
    gated.when(replace(change, rationale_gate=False)).then(replace(changed, rationale_gate=False))


def test_crisis_texts_take_the_place_of_those_before() -> None:
    both = replace(changed, crisis_texts=(CALL, LLAME))
    a_clinic.when(replace(change, crisis_texts=(CALL, LLAME))).then(both)
    of_both = nothing_yet.given(registered, both)
    of_both.when(replace(change, crisis_texts=(CALL,))).then(replace(changed, crisis_texts=(CALL,)))
    of_both.when(replace(change, crisis_texts=())).then(replace(changed, crisis_texts=()))


def test_there_is_one_crisis_text_for_each_language() -> None:
    twice = (CALL, replace(CALL, text="Call 112."))
    a_clinic.when(replace(change, crisis_texts=twice)).then_rejected(CrisisTextTwice)


def test_what_is_named_changes_and_all_else_stays() -> None:
    state = decider.fold(
        [registered, replace(changed, zone="Europe/Dublin"), replace(changed, locale="en-IE")]
    )
    agreed = particulars(state)
    assert (agreed.zone, agreed.locale) == ("Europe/Dublin", "en-IE")
    assert agreed.low_confidence_threshold == registered.low_confidence_threshold


def test_a_clinic_that_has_changed_since_is_still_registered_once() -> None:
    moved = nothing_yet.given(registered, replace(changed, zone="Europe/Dublin"))
    moved.when(register).then_nothing_changes()


def test_nothing_is_agreed_on_before_there_is_a_clinic() -> None:
    with pytest.raises(ClinicNotRegistered):
        decider.decide(replace(change, rationale_gate=True), decider.initial)
    assert decider.fold([replace(changed, rationale_gate=True)]) == decider.initial
