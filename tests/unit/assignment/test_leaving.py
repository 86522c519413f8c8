"""Treatment ends, or a life: what care's facts make of homework that is still open."""

from datetime import date
from uuid import UUID

import pytest

from libs.testing.cast import LEV, MASHA, NOW, PATIENT
from services.assignment.domain.ending import AssignmentDiscontinued
from services.assignment.domain.homework import Homework
from services.assignment.domain.leaving import (
    AssignmentContinuedAlone,
    AssignmentEndedByDeath,
    CorrectDeath,
    DischargeOutcome,
    EndAtDischarge,
    EndByDeath,
)
from services.assignment.domain.occurrences import OccurrencesWithdrawn
from services.assignment.domain.outcome import CompleteHomework, CompletionId, HomeworkCompleted
from services.assignment.domain.pausing import PauseAssignment
from services.assignment.domain.plan import SpecifyPlan
from services.assignment.domain.reopening import (
    AssignmentReopened,
    DeathNotCorrected,
    ReopenAssignment,
)
from services.assignment.domain.schedule import Frequency
from services.assignment.domain.terms import PatientId
from services.assignment.domain.timing import Timing
from tests.unit.assignment.cases import activate, active, after, agree, create, homework, told
from tests.unit.assignment.cases import state_after as standing
from tests.unit.assignment.life import SYSTEM

COMPLETION = CompletionId(UUID(int=7))
DIED_ON = date(2026, 3, 2)


def discharged(outcome: DischargeOutcome, patient: UUID = MASHA) -> EndAtDischarge:
    return told(
        EndAtDischarge,
        by=SYSTEM,
        id=COMPLETION,
        patient_id=PatientId(patient),
        outcome=outcome,
    )


def died(patient: UUID = MASHA) -> EndByDeath:
    return told(EndByDeath, by=SYSTEM, patient_id=PatientId(patient), died_on=DIED_ON)


corrected = told(CorrectDeath, by=SYSTEM, patient_id=PatientId(MASHA))
pause = told(PauseAssignment, reason="admission")
daily = told(
    SpecifyPlan,
    timing=Timing(rule="scheduled", zone="Europe/London", part_of_day=("evening",)),
    frequency=Frequency(count=1, per="day"),
    patient_zone="Europe/London",
)


def test_at_discharge_it_may_be_completed() -> None:
    active().when(discharged("completed")).then(
        HomeworkCompleted(
            completion_id=COMPLETION, completed_by="therapist_confirmation", completed_at=NOW
        )
    )


@pytest.mark.parametrize("outcome", ["completed", "discontinued"])
def test_what_had_not_begun_at_discharge_is_discontinued(outcome: DischargeOutcome) -> None:
    homework(agree).when(discharged(outcome)).then(
        AssignmentDiscontinued(because="discharged", discontinued_at=NOW)
    )


def test_a_discharged_patient_may_go_on_with_it_alone() -> None:
    active().when(discharged("self_directed")).then(AssignmentContinuedAlone(continued_at=NOW))
    state = standing(create(), agree, activate, discharged("self_directed"))
    assert (state.status, state.self_directed) == ("active", True)
    homework(agree, activate, discharged("self_directed")).when(
        discharged("self_directed")
    ).then_nothing_changes()


def test_what_goes_on_alone_may_still_be_done() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=8))
    state = standing(create(), agree, activate, discharged("self_directed"), done)
    assert (state.status, state.self_directed) == ("completed", True)


def test_death_ends_what_is_open() -> None:
    active().when(died()).then(AssignmentEndedByDeath(died_on=DIED_ON, ended_at=NOW))


def test_what_was_still_asked_of_somebody_who_died_counts_in_no_adherence() -> None:
    scheduled = standing(create(), agree, daily, activate)
    *_, withdrawn = after(create(), agree, daily, activate, died())
    assert isinstance(withdrawn, OccurrencesWithdrawn)
    assert withdrawn.because == "homework_ended"
    assert set(withdrawn.occurrence_ids) == set(scheduled.open_occurrences) != set()


@pytest.mark.parametrize("said", [(), (agree,), (agree, activate), (agree, activate, pause)])
def test_a_death_that_is_corrected_leaves_everything_as_it_was(said: tuple[object, ...]) -> None:
    before: Homework = standing(create(), *said)  # type: ignore[arg-type]  # requests
    state = standing(create(), *said, died(), corrected)  # type: ignore[arg-type]  # requests
    assert state.status == before.status
    assert state.pauses == before.pauses
    homework(*said, died()).when(corrected).then(  # type: ignore[arg-type]  # requests
        AssignmentReopened(
            because="death_corrected",
            status=before.status,  # type: ignore[arg-type]  # an open one
            reopened_at=NOW,
        )
    )


def test_after_a_corrected_death_the_windows_are_open_again() -> None:
    before = standing(create(), agree, daily, activate)
    state = standing(create(), agree, daily, activate, died(), corrected)
    assert state.open_occurrences == before.open_occurrences


def test_what_ended_by_death_is_reopened_by_its_correction_alone() -> None:
    reopen = told(ReopenAssignment, reason="She would have wanted it.")
    homework(agree, activate, died()).when(reopen).then_rejected(DeathNotCorrected)


def test_what_was_over_before_stays_as_it_was() -> None:
    done = told(CompleteHomework, by=PATIENT, id=UUID(int=8))
    over = homework(agree, activate, done)
    for command in (discharged("discontinued"), discharged("self_directed"), died(), corrected):
        over.when(command).then_nothing_changes()


def test_a_fact_that_names_somebody_elses_homework_changes_nothing_of_it() -> None:
    lev = told(CorrectDeath, by=SYSTEM, patient_id=PatientId(LEV))
    active().when(discharged("completed", patient=LEV)).then_nothing_changes()
    active().when(died(patient=LEV)).then_nothing_changes()
    homework(agree, activate, died()).when(lev).then_nothing_changes()
