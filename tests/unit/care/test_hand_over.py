"""One therapist hands a patient over to another: a relationship ends, and says who goes on."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from libs.testing.cast import ANNA, BORIS, MASHA, NOW
from services.care.domain.relationship import (
    CareHandedOver,
    EndsBeforeItBegan,
    HandedOverOtherwise,
    HandedOverToThemselves,
    HandOverCare,
    RelationshipId,
    RelationshipOver,
)
from services.care.domain.therapist import TherapistId
from tests.unit.care.test_people import ADMIN, began, end, ended, no_relationship

LATER = NOW + timedelta(days=30)
hand_over = HandOverCare(
    by=ADMIN,
    happened_at=LATER,
    now=LATER,
    relationship_id=began.relationship_id,
    to_relationship_id=RelationshipId(UUID(int=2)),
    to_therapist_id=TherapistId(BORIS),
    reason="therapist_left",
)
handed_over = CareHandedOver(
    relationship_id=began.relationship_id,
    to_relationship_id=RelationshipId(UUID(int=2)),
    from_therapist_id=TherapistId(ANNA),
    to_therapist_id=TherapistId(BORIS),
    patient_id=began.patient_id,
    handed_over_at=LATER,
    reason="therapist_left",
)


def test_care_passes_from_anna_to_boris() -> None:
    no_relationship.given(began).when(hand_over).then(handed_over)


def test_care_is_handed_over_once() -> None:
    over = no_relationship.given(began, handed_over)
    over.when(
        replace(hand_over, to_relationship_id=RelationshipId(UUID(int=3)))
    ).then_nothing_changes()
    somebody_else = replace(hand_over, to_therapist_id=TherapistId(UUID(int=7)))
    over.when(somebody_else).then_rejected(HandedOverOtherwise)


def test_what_was_handed_over_has_ended() -> None:
    over = no_relationship.given(began, handed_over)
    over.when(replace(end, reason="handed_over")).then_nothing_changes()


@pytest.mark.parametrize("whom", [ANNA, MASHA], ids=["themselves", "the patient"])
def test_care_is_handed_over_to_another_therapist(whom: UUID) -> None:
    no_relationship.given(began).when(
        replace(hand_over, to_therapist_id=TherapistId(whom))
    ).then_rejected(HandedOverToThemselves)


def test_what_has_ended_is_not_handed_over() -> None:
    no_relationship.given(began, ended).when(hand_over).then_rejected(RelationshipOver)


def test_nothing_is_handed_over_before_it_began() -> None:
    early = replace(hand_over, happened_at=NOW - timedelta(seconds=1))
    no_relationship.given(began).when(early).then_rejected(EndsBeforeItBegan)


def test_there_is_nothing_to_hand_over_before_somebody_treats_them() -> None:
    no_relationship.when(hand_over).then_nothing_changes()
