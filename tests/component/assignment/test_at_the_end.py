"""What discharge and death, told by care, make of homework; and of a death that was no death."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.eventstore.recorded import Recorded
from libs.testing.cast import NOW
from libs.testing.streams import stream
from services.assignment.domain.ending import AssignmentDiscontinued
from services.assignment.domain.homework import Homework
from services.assignment.domain.leaving import AssignmentContinuedAlone, AssignmentEndedByDeath
from services.assignment.domain.outcome import HomeworkCompleted
from services.assignment.domain.reopening import AssignmentReopened
from tests.component.assignment.hearing import Assignments

pytestmark = pytest.mark.postgres

REGISTERED = ("interlude.care.PatientRegistered.v1", {"zone": "Asia/Tokyo", "locale": "ja"})


def care_tells(patient: UUID, *facts: tuple[str, dict[str, Any]]) -> Recorded:
    """The last fact of the patient's stream."""
    told = [(f"interlude.care.{name}.v1", {"patient_id": patient, **said}) for name, said in facts]
    return stream("patient", patient, REGISTERED, *told, subject=patient)[-1]


DIED = ("PatientDied", {"died_on": "2026-03-04"})
CORRECTED: tuple[str, dict[str, Any]] = ("PatientDeathCorrected", {})


def discharged(patient: UUID, **outcomes: list[UUID]) -> Recorded:
    listed = [
        {"assignment_id": each, "outcome": outcome}
        for outcome, homework in outcomes.items()
        for each in homework
    ]
    said = {"discharged_at": NOW, "reason": "completed", "assignments": listed}
    return care_tells(patient, ("PatientDischarged", said))


async def standing(assignments: Assignments, homework: UUID) -> tuple[str, object]:
    """Where it stands, and the last that happened to it."""
    history = await assignments.history(homework)
    state = await assignments.state(homework)
    assert isinstance(state, Homework)
    return state.status, history[-1]


async def registered(assignments: Assignments) -> None:
    await assignments.hears(*stream("patient", assignments.patient, REGISTERED, subject=None))


async def test_a_discharge_says_of_each_homework_what_becomes_of_it(
    assignments: Assignments,
) -> None:
    done, given_up, alone = [await assignments.given() for _ in range(3)]
    told = discharged(
        assignments.patient, completed=[done], discontinued=[given_up], self_directed=[alone]
    )
    await assignments.hears(told)
    await assignments.hears(told)
    status, last = await standing(assignments, done)
    assert (status, type(last)) == ("completed", HomeworkCompleted)
    status, last = await standing(assignments, given_up)
    assert status == "discontinued"
    assert last == AssignmentDiscontinued(because="discharged", discontinued_at=told.occurred_at)
    status, last = await standing(assignments, alone)
    assert (status, type(last)) == ("active", AssignmentContinuedAlone)
    recorded = (await assignments.facts(alone))[-1]
    assert (recorded.actor_role, recorded.causation_id) == ("system", told.event_id)


async def test_a_discharge_changes_nobody_elses_homework(assignments: Assignments) -> None:
    homework = await assignments.given()
    await assignments.hears(discharged(uuid4(), discontinued=[homework]))
    assert (await standing(assignments, homework))[0] == "active"


async def test_death_ends_what_is_open_as_of_that_day_where_the_patient_lived(
    assignments: Assignments,
) -> None:
    await registered(assignments)
    homework, other = await assignments.given(), await assignments.given()
    await assignments.heard_of(homework)
    await assignments.heard_of(other)
    told = care_tells(assignments.patient, DIED)
    await assignments.hears(told)
    await assignments.hears(told)
    for each in (homework, other):
        status, last = await standing(assignments, each)
        assert status == "ended_by_death"
        assert isinstance(last, AssignmentEndedByDeath)
        assert last.ended_at == datetime(2026, 3, 3, 15, tzinfo=UTC), "midnight in Tokyo"


async def test_homework_that_is_heard_of_only_after_a_death_ends_too(
    assignments: Assignments,
) -> None:
    await registered(assignments)
    homework = await assignments.given()
    await assignments.hears(care_tells(assignments.patient, DIED))
    assert (await standing(assignments, homework))[0] == "active", "nobody had heard of it yet"
    await assignments.heard_of(homework)
    assert (await standing(assignments, homework))[0] == "ended_by_death"


async def test_a_death_that_is_corrected_gives_everything_back(assignments: Assignments) -> None:
    await registered(assignments)
    homework, done = await assignments.given(), await assignments.given()
    await assignments.completed(done)
    await assignments.heard_of(homework)
    await assignments.heard_of(done)
    await assignments.hears(care_tells(assignments.patient, DIED))
    corrected = care_tells(assignments.patient, DIED, CORRECTED)
    await assignments.hears(corrected)
    status, last = await standing(assignments, homework)
    assert status == "active"
    assert last == AssignmentReopened(
        because="death_corrected", status="active", reopened_at=corrected.occurred_at
    )
    assert (await standing(assignments, done))[0] == "completed"
    await assignments.heard_of(homework)
    assert (await standing(assignments, homework))[0] == "active", "she lives"
    later = await assignments.given()
    await assignments.heard_of(later)
    assert (await standing(assignments, later))[0] == "active"
