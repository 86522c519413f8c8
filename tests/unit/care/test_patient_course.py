"""A patient goes by another name, lives elsewhere, is discharged, readmitted, or has died."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, MASHA, NOW
from libs.testing.scenario import Scenario
from services.care.domain import patient, therapist
from services.care.domain.patient import PatientId, PatientRegistered
from services.care.domain.patient_course import (
    AssignmentId,
    AssignmentSettledOtherwise,
    CorrectDeath,
    Course,
    DeathInTheFuture,
    DiedOtherwise,
    DischargedBeforeReadmitted,
    DischargedOtherwise,
    DischargePatient,
    PatientDeathCorrected,
    PatientDied,
    PatientDischarged,
    PatientHasDied,
    PatientReadmitted,
    ReadmitPatient,
    ReadmittedBeforeDischarged,
    RecordDeath,
    Settled,
    must_be_there,
)
from services.care.domain.patient_details import (
    ChangePatientDetails,
    ChangePatientZone,
    PatientDetailsChanged,
    PatientZoneChanged,
    ZoneChangedSince,
)
from services.care.domain.therapist import (
    ChangeTherapistDetails,
    TherapistDetailsChanged,
    TherapistId,
    TherapistRegistered,
)

LIMA, LONDON = "America/Lima", "Europe/London"
SOONER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)
TODAY = NOW.date()
masha = PatientRegistered(
    patient_id=PatientId(MASHA), name="Masha Orlova", zone=LONDON, locale="en-GB"
)
nobody: Scenario[patient.Command, patient.State, patient.Event] = Scenario(patient.decider)
in_care = nobody.given(masha)

_anna = Actor(person_id=ANNA, role="therapist")
rename = ChangePatientDetails(by=_anna, happened_at=NOW, now=NOW, name="Masha Orlova-Reid")
travel = ChangePatientZone(by=_anna, happened_at=NOW, now=NOW, zone=LIMA, reason="travelling")
away = PatientZoneChanged(zone=LIMA, changed_at=NOW, reason="travelling")
discharge = DischargePatient(by=_anna, happened_at=NOW, now=NOW, reason="therapy_completed")
discharged = PatientDischarged(discharged_at=NOW, reason="therapy_completed")
readmit = ReadmitPatient(by=_anna, happened_at=NOW, now=NOW)
die = RecordDeath(by=_anna, happened_at=NOW, now=NOW, died_on=TODAY)
died = PatientDied(died_on=TODAY)
correct = CorrectDeath(by=_anna, happened_at=NOW, now=NOW)
LARRY = Settled(assignment_id=AssignmentId(UUID(int=1)), outcome="self_directed")
WALKS = Settled(assignment_id=AssignmentId(UUID(int=2)), outcome="discontinued")


# --- Details and zones. ---


def test_a_patient_goes_by_another_name() -> None:
    in_care.when(rename).then(PatientDetailsChanged(name="Masha Orlova-Reid", changed_at=NOW))


def test_a_patient_is_spoken_to_in_another_language() -> None:
    spanish = replace(rename, name=None, locale="es-ES")
    in_care.when(spanish).then(PatientDetailsChanged(locale="es-ES", changed_at=NOW))
    in_care.when(replace(spanish, locale="en-GB")).then_nothing_changes()


def test_whoever_changes_nothing_is_told_that_it_is_so() -> None:
    in_care.when(replace(rename, name=None)).then_nothing_changes()


def test_no_name_stays_in_the_state_after_it_changed() -> None:
    state = patient.decider.fold([masha, PatientDetailsChanged(name="Reid", changed_at=NOW)])
    assert "Reid" not in repr(state)


def test_a_patient_travels_and_their_days_begin_elsewhere() -> None:
    in_care.when(travel).then(away)
    in_care.when(replace(travel, zone=LONDON)).then_nothing_changes()


def test_a_patient_comes_back() -> None:
    home = replace(travel, zone=LONDON, happened_at=LATER)
    nobody.given(masha, away).when(home).then(replace(away, zone=LONDON, changed_at=LATER))


def test_nobody_moved_before_they_moved_last() -> None:
    late = replace(travel, zone="Asia/Tokyo", happened_at=SOONER)
    nobody.given(masha, away).when(late).then_rejected(ZoneChangedSince)


def test_whoever_has_moved_is_still_registered_once() -> None:
    again = patient.RegisterPatient(
        by=_anna,
        happened_at=NOW,
        now=NOW,
        id=PatientId(MASHA),
        name="Masha Orlova",
        clinic_zone=LONDON,
        clinic_locale="en-GB",
    )
    nobody.given(masha, away).when(again).then_nothing_changes()


def test_a_therapist_goes_by_another_name() -> None:
    staff: Scenario[therapist.Command, therapist.State, therapist.Event] = Scenario(
        therapist.decider
    )
    change = ChangeTherapistDetails(by=_anna, happened_at=NOW, now=NOW, name="Anna Brandt")
    anna = TherapistRegistered(therapist_id=TherapistId(ANNA), name="Anna Keller")
    changed = TherapistDetailsChanged(name="Anna Brandt", changed_at=NOW)
    staff.given(anna).when(change).then(changed)
    staff.when(change).then_nothing_changes()
    assert therapist.decider.fold([anna, changed]) == therapist.decider.fold([anna])


# --- Discharge. ---


def test_a_discharge_says_what_becomes_of_each_homework() -> None:
    in_care.when(replace(discharge, assignments=(LARRY, WALKS, LARRY))).then(
        replace(discharged, assignments=(LARRY, WALKS))
    )


def test_what_becomes_of_homework_may_be_said_later() -> None:
    """When treatment ended stays."""
    since = nobody.given(masha, replace(discharged, assignments=(LARRY,)))
    since.when(replace(discharge, happened_at=LATER, assignments=(LARRY, WALKS))).then(
        replace(discharged, assignments=(WALKS,))
    )
    since.when(discharge).then_nothing_changes()


def test_of_each_homework_one_thing_becomes() -> None:
    otherwise = replace(LARRY, outcome="completed")
    both = replace(discharge, assignments=(LARRY, otherwise))
    in_care.when(both).then_rejected(AssignmentSettledOtherwise)
    since = nobody.given(masha, replace(discharged, assignments=(LARRY,)))
    since.when(replace(discharge, assignments=(otherwise,))).then_rejected(
        AssignmentSettledOtherwise
    )


def test_a_patient_is_discharged_for_one_reason() -> None:
    nobody.given(masha, discharged).when(replace(discharge, reason="referred")).then_rejected(
        DischargedOtherwise
    )


def test_a_patient_is_readmitted_and_discharged_again() -> None:
    back = PatientReadmitted(readmitted_at=LATER)
    nobody.given(masha, discharged).when(replace(readmit, happened_at=LATER)).then(back)
    again = nobody.given(masha, replace(discharged, assignments=(LARRY,)), back)
    anew = replace(discharge, happened_at=LATER, reason="referred", assignments=(LARRY,))
    again.when(anew).then(
        PatientDischarged(discharged_at=LATER, reason="referred", assignments=(LARRY,))
    )
    again.when(discharge).then_rejected(DischargedBeforeReadmitted)


def test_whoever_was_not_discharged_is_not_readmitted() -> None:
    in_care.when(readmit).then_nothing_changes()
    early = replace(readmit, happened_at=SOONER)
    nobody.given(masha, discharged).when(early).then_rejected(ReadmittedBeforeDischarged)


# --- Death. ---


def test_a_patient_dies_once() -> None:
    in_care.when(die).then(died)
    nobody.given(masha, died).when(die).then_nothing_changes()
    other = replace(die, died_on=TODAY - timedelta(days=1))
    nobody.given(masha, died).when(other).then_rejected(DiedOtherwise)


def test_nobodys_death_is_recorded_before_its_day_where_they_live() -> None:
    in_care.when(replace(die, died_on=TODAY + timedelta(days=1))).then_rejected(DeathInTheFuture)
    late = datetime(2026, 3, 3, 2, tzinfo=UTC)  # the evening before in Lima
    tomorrow = replace(die, died_on=date(2026, 3, 3), happened_at=late)
    nobody.given(masha, away).when(tomorrow).then_rejected(DeathInTheFuture)
    in_care.when(tomorrow).then(PatientDied(died_on=date(2026, 3, 3)))


def test_a_death_that_was_entered_in_error_is_corrected() -> None:
    corrected = PatientDeathCorrected(corrected_at=NOW)
    nobody.given(masha, died).when(correct).then(corrected)
    in_care.when(correct).then_nothing_changes()
    nobody.given(masha, died, corrected).when(discharge).then(discharged)


@pytest.mark.parametrize("request_", [discharge, readmit], ids=["discharged", "readmitted"])
def test_who_has_died_is_not(request_: patient.Command) -> None:
    nobody.given(masha, died).when(request_).then_rejected(PatientHasDied)


def test_nobody_meets_a_patient_who_has_died() -> None:
    course = Course(died_on=TODAY)
    for starts_at, told_at in ((LATER, NOW), (NOW + timedelta(hours=1), NOW), (LATER, LATER)):
        with pytest.raises(PatientHasDied):
            must_be_there(course, starts_at=starts_at, zone=LONDON, told_at=told_at)
    must_be_there(Course(), starts_at=LATER, zone=LONDON, told_at=NOW)


def test_a_session_that_was_held_before_is_still_told() -> None:
    must_be_there(Course(died_on=TODAY), starts_at=SOONER, zone=LONDON, told_at=NOW)


def test_of_nobody_nothing_changes() -> None:
    for request_ in (rename, travel, discharge, readmit, die, correct):
        nobody.when(request_).then_nothing_changes()
    assert patient.decider.fold([away, discharged, died]) == patient.decider.initial
