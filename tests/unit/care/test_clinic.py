"""A clinic is registered once, by the token that carries its id."""

from dataclasses import replace

import pytest

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, CLINIC, NOW, OTHER_CLINIC
from libs.testing.scenario import Scenario
from services.care.domain.clinic import (
    ClinicId,
    ClinicNotRegistered,
    ClinicRegistered,
    ClinicRegisteredOtherwise,
    Command,
    Event,
    NotThisTokensClinic,
    RegisterClinic,
    State,
    decider,
    particulars,
)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
registered = ClinicRegistered(
    clinic_id=ClinicId(CLINIC),
    name="Riverside",
    zone="Europe/London",
    locale="en-GB",
    low_confidence_threshold=0.7,
    rationale_gate=False,
    session_length_min=50,
)
register = RegisterClinic(
    by=Actor(person_id=ANNA, role="operator"),
    happened_at=NOW,
    now=NOW,
    id=ClinicId(CLINIC),
    name="Riverside",
    zone="Europe/London",
    locale="en-GB",
    tenant_id=CLINIC,
)


def test_an_operator_opens_a_clinic_with_the_usual_settings() -> None:
    nothing_yet.when(register).then(registered)


def test_opening_the_same_clinic_again_changes_nothing() -> None:
    nothing_yet.given(registered).when(register).then_nothing_changes()


def test_a_clinic_is_not_opened_twice_with_other_settings() -> None:
    stricter = replace(register, low_confidence_threshold=0.8)
    nothing_yet.given(registered).when(stricter).then_rejected(ClinicRegisteredOtherwise)


def test_a_token_opens_no_clinic_but_its_own() -> None:
    foreign = replace(register, id=ClinicId(OTHER_CLINIC))
    nothing_yet.when(foreign).then_rejected(NotThisTokensClinic)


def test_what_a_clinic_agreed_on_is_known_once_it_is_registered() -> None:
    agreed = particulars(decider.fold([registered]))
    assert (agreed.zone, agreed.locale, agreed.session_length_min) == ("Europe/London", "en-GB", 50)
    with pytest.raises(ClinicNotRegistered):
        particulars(decider.initial)
