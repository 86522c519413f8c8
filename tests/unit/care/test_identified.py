"""Another system knows a patient or a therapist by a number of its own."""

from dataclasses import replace

from libs.testing.cast import ANNA, NOW
from libs.testing.scenario import Scenario
from services.care.domain import patient, therapist
from services.care.domain.identified import (
    IdentifyPatient,
    IdentifyTherapist,
    PatientIdentified,
    TherapistIdentified,
)
from services.care.domain.therapist import TherapistId, TherapistRegistered
from tests.unit.care.test_patient_course import in_care, masha, nobody
from tests.unit.care.test_people import ADMIN

HOSPITAL = "urn:oid:2.16.840.1"
number = IdentifyPatient(
    by=ADMIN, happened_at=NOW, now=NOW, system=HOSPITAL, value="943 476", known=False
)
numbered = PatientIdentified(system=HOSPITAL, value="943 476", identified_at=NOW)


def test_a_patient_is_known_by_the_number_of_another_system() -> None:
    in_care.when(number).then(numbered)


def test_what_was_said_before_is_not_said_again() -> None:
    in_care.when(replace(number, known=True)).then_nothing_changes()


def test_a_patient_may_have_several_numbers() -> None:
    other = replace(number, system="urn:insurance", value="X1")
    nobody.given(masha, numbered).when(other).then(
        PatientIdentified(system="urn:insurance", value="X1", identified_at=NOW)
    )


def test_no_number_stays_in_the_state() -> None:
    assert patient.decider.fold([masha, numbered]) == patient.decider.fold([masha])


def test_of_nobody_no_number_is_said() -> None:
    nobody.when(number).then_nothing_changes()


def test_a_therapist_is_known_by_the_number_of_another_system() -> None:
    staff: Scenario[therapist.Command, therapist.State, therapist.Event] = Scenario(
        therapist.decider
    )
    anna = TherapistRegistered(therapist_id=TherapistId(ANNA), name="Anna Keller")
    staffed = IdentifyTherapist(
        by=ADMIN, happened_at=NOW, now=NOW, system=HOSPITAL, value="T-42", known=False
    )
    told = TherapistIdentified(system=HOSPITAL, value="T-42", identified_at=NOW)
    staff.given(anna).when(staffed).then(told)
    staff.given(anna).when(replace(staffed, known=True)).then_nothing_changes()
    staff.when(staffed).then_nothing_changes()
