"""Therapists and patients are registered, and a care relationship begins between them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.testing.cast import ANNA, BORIS, MASHA, NOW
from libs.testing.scenario import Scenario
from services.care.domain import patient, relationship, therapist
from services.care.domain.patient import PatientId, PatientRegistered, PatientRegisteredOtherwise
from services.care.domain.relationship import (
    CareRelationshipBegan,
    CareRelationshipEnded,
    EndedOtherwise,
    EndsBeforeItBegan,
    PatientIsTherapist,
    RelationshipBegunOtherwise,
    RelationshipId,
)
from services.care.domain.therapist import TherapistId, TherapistRegistered

ADMIN = Actor(person_id=UUID(int=9), role="clinic_admin")

no_therapist: Scenario[therapist.Command, therapist.State, therapist.Event] = Scenario(
    therapist.decider
)
no_patient: Scenario[patient.Command, patient.State, patient.Event] = Scenario(patient.decider)
no_relationship: Scenario[relationship.Command, relationship.State, relationship.Event] = Scenario(
    relationship.decider
)

anna = TherapistRegistered(therapist_id=TherapistId(ANNA), name="Anna Keller")
register_anna = therapist.RegisterTherapist(
    by=ADMIN, happened_at=NOW, now=NOW, id=TherapistId(ANNA), name="Anna Keller"
)
masha = PatientRegistered(
    patient_id=PatientId(MASHA), name="Masha Orlova", zone="Europe/London", locale="en-GB"
)
register_masha = patient.RegisterPatient(
    by=ADMIN,
    happened_at=NOW,
    now=NOW,
    id=PatientId(MASHA),
    name="Masha Orlova",
    clinic_zone="Europe/London",
    clinic_locale="en-GB",
)
began = CareRelationshipBegan(
    relationship_id=RelationshipId(UUID(int=1)),
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
    began_at=NOW,
)
begin = relationship.BeginCareRelationship(
    by=ADMIN,
    happened_at=NOW,
    now=NOW,
    id=RelationshipId(UUID(int=1)),
    patient_id=PatientId(MASHA),
    therapist_id=TherapistId(ANNA),
)


ended = CareRelationshipEnded(ended_at=NOW, reason="therapy_completed")
end = relationship.EndCareRelationship(
    by=ADMIN, happened_at=NOW, now=NOW, reason="therapy_completed"
)


def test_a_therapist_is_registered() -> None:
    no_therapist.when(register_anna).then(anna)


def test_a_therapist_registered_twice_is_registered_once() -> None:
    no_therapist.given(anna).when(register_anna).then_nothing_changes()


def test_a_patient_lives_in_the_clinics_zone_unless_told() -> None:
    no_patient.when(register_masha).then(masha)


def test_a_patient_may_live_elsewhere() -> None:
    no_patient.when(replace(register_masha, zone="America/Lima", locale="es-PE")).then(
        replace(masha, zone="America/Lima", locale="es-PE")
    )


def test_a_patient_registered_twice_is_registered_once() -> None:
    no_patient.given(masha).when(register_masha).then_nothing_changes()


def test_a_patient_does_not_move_by_being_registered_again() -> None:
    no_patient.given(masha).when(replace(register_masha, zone="America/Lima")).then_rejected(
        PatientRegisteredOtherwise
    )


def test_no_name_stays_in_the_state() -> None:
    assert "Masha" not in repr(patient.decider.fold([masha]))
    assert "Anna" not in repr(therapist.decider.fold([anna]))


def test_a_care_relationship_begins_when_it_is_said_to_have_begun() -> None:
    no_relationship.when(begin).then(began)


def test_c01_nobody_treats_themselves() -> None:
    no_relationship.when(replace(begin, therapist_id=TherapistId(MASHA))).then_rejected(
        PatientIsTherapist
    )


def test_a_relationship_begins_once() -> None:
    no_relationship.given(began).when(begin).then_nothing_changes()


def test_a_relationships_id_is_not_used_for_others() -> None:
    no_relationship.given(began).when(
        replace(begin, therapist_id=TherapistId(BORIS))
    ).then_rejected(RelationshipBegunOtherwise)


def test_a_care_relationship_ends() -> None:
    no_relationship.given(began).when(end).then(ended)


def test_a_relationship_ends_once() -> None:
    no_relationship.given(began, ended).when(end).then_nothing_changes()


def test_what_has_ended_does_not_end_for_another_reason() -> None:
    no_relationship.given(began, ended).when(replace(end, reason="handed_over")).then_rejected(
        EndedOtherwise
    )


def test_nothing_ends_before_it_began() -> None:
    early = replace(end, happened_at=NOW - timedelta(seconds=1))
    no_relationship.given(began).when(early).then_rejected(EndsBeforeItBegan)


def test_what_has_ended_does_not_begin_again_under_its_old_id() -> None:
    """Told again, it is the beginning that was; who goes on has another id."""
    no_relationship.given(began, ended).when(begin).then_nothing_changes()
    no_relationship.given(began, ended).when(
        replace(begin, therapist_id=TherapistId(BORIS))
    ).then_rejected(RelationshipBegunOtherwise)
