"""Somebody leaves the clinic, comes back, leaves again; and how long records may be finished."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, CLINIC, NOW
from libs.testing.scenario import Scenario
from services.care.domain import departure, records_window
from services.care.domain.clinic import ClinicId
from services.care.domain.departure import (
    LeftBeforeTheyReturned,
    OwnDeparture,
    PersonId,
    RecordDeparture,
    RecordReturn,
    ReturnedBeforeTheyLeft,
    StaffLeft,
    StaffReturned,
)
from services.care.domain.records_window import RecordsWindowSet, SetRecordsWindow

ADMIN = Actor(person_id=UUID(int=9), role="clinic_admin")
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)

nobody_left: Scenario[departure.Command, departure.State, departure.Event] = Scenario(
    departure.decider
)
left = StaffLeft(person_id=PersonId(ANNA), left_at=NOW)
leave = RecordDeparture(by=ADMIN, happened_at=NOW, now=NOW, person_id=PersonId(ANNA))
returned = StaffReturned(returned_at=LATER)
come_back = RecordReturn(by=ADMIN, happened_at=LATER, now=LATER)


def test_somebody_leaves_when_it_is_said_that_they_left() -> None:
    nobody_left.when(leave).then(left)


def test_who_has_left_has_left() -> None:
    nobody_left.given(left).when(leave).then_nothing_changes()


def test_who_has_left_may_come_back_and_leave_again() -> None:
    nobody_left.given(left).when(come_back).then(returned)
    again = replace(leave, happened_at=LATER + timedelta(days=1))
    nobody_left.given(left, returned).when(again).then(replace(left, left_at=again.happened_at))


def test_who_never_left_cannot_come_back() -> None:
    nobody_left.when(come_back).then_nothing_changes()
    nobody_left.given(left, returned).when(come_back).then_nothing_changes()


def test_nobody_records_that_they_have_left_themselves() -> None:
    nobody_left.when(replace(leave, person_id=PersonId(ADMIN.person_id))).then_rejected(
        OwnDeparture
    )


def test_times_run_forward() -> None:
    early = replace(come_back, happened_at=EARLIER)
    nobody_left.given(left).when(early).then_rejected(ReturnedBeforeTheyLeft)
    nobody_left.given(left, returned).when(leave).then_rejected(LeftBeforeTheyReturned)


no_window: Scenario[records_window.Command, records_window.State, records_window.Event] = Scenario(
    records_window.decider
)
two_weeks = RecordsWindowSet(clinic_id=ClinicId(CLINIC), days=14)
set_two_weeks = SetRecordsWindow(
    by=ADMIN, happened_at=NOW, now=NOW, clinic_id=ClinicId(CLINIC), days=14
)


def test_a_clinic_sets_its_window_and_may_close_it() -> None:
    no_window.when(set_two_weeks).then(two_weeks)
    no_window.given(two_weeks).when(set_two_weeks).then_nothing_changes()
    closed = replace(two_weeks, days=0)
    no_window.given(two_weeks).when(replace(set_two_weeks, days=0)).then(closed)
    no_window.given(two_weeks, closed).when(set_two_weeks).then(two_weeks)
