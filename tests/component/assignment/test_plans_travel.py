"""T3: the patient's zone changes at care, and plans that follow the patient hear of it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from libs.eventstore.recorded import Recorded
from libs.testing.cast import CLINIC, NOW
from libs.testing.streams import stream
from services.assignment.domain.travelling import PlanZoneChanged
from tests.component.assignment.hearing import Assignments

pytestmark = pytest.mark.postgres


def flown(patient: UUID, zone: str = "America/New_York") -> Recorded:
    said = {"zone": zone, "reason": "travelling", "changed_at": NOW + timedelta(days=1)}
    return stream(
        "patient", patient, ("interlude.care.PatientZoneChanged.v1", said), subject=patient
    )[-1]


async def changes(assignments: Assignments, homework: UUID) -> list[PlanZoneChanged]:
    history = await assignments.desk.history(CLINIC, homework)
    return [fact for _, fact in history if isinstance(fact, PlanZoneChanged)]


async def test_t3_a_plan_that_follows_the_patient_goes_along_once(
    assignments: Assignments,
) -> None:
    homework = await assignments.evenings()
    told = flown(assignments.patient)
    await assignments.hears(told)
    await assignments.hears(told)
    (change,) = await changes(assignments, homework)
    assert (change.zone, change.because) == ("America/New_York", "travelling")
    assert (await assignments.facts(homework))[-1].causation_id == told.event_id


async def test_t3_a_plan_that_stays_and_one_that_is_over_do_not(assignments: Assignments) -> None:
    stays = await assignments.evenings(travel="fixed_zone")
    over = await assignments.evenings()
    await assignments.completed(over)
    await assignments.heard_of(over)
    await assignments.hears(flown(assignments.patient))
    assert await changes(assignments, stays) == []
    assert await changes(assignments, over) == []


async def test_t14_what_one_patient_does_leaves_the_others_plans_alone(
    assignments: Assignments,
) -> None:
    homework = await assignments.evenings()
    await assignments.hears(flown(uuid4()))
    assert await changes(assignments, homework) == []
