"""An entry is kept as the patient wrote it, with what is known of when (C08, C31)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.eventstore.decider import Notice, Rejected
from libs.eventstore.telling import Actor
from libs.testing.cast import FOR_MASHA, LEV, MASHA, NOW, PATIENT
from libs.testing.scenario import Scenario
from libs.vocabulary.experience import Feeling
from libs.vocabulary.rating import NotAScale, Rating, RatingOutsideScale, Scale, as_told
from services.diary.domain.entry import (
    AssignmentId,
    Command,
    CompanyNotOther,
    DiaryEntryRecorded,
    EntryId,
    EntryRecordedOtherwise,
    EntryShared,
    EntrySharingWithdrawn,
    Event,
    NotTheirWayOfRecording,
    OccurrenceId,
    OccurrenceWithoutAssignment,
    PatientId,
    RecordEntry,
    ShareEntry,
    State,
    WithdrawEntrySharing,
    WrittenBySomebodyElse,
    decider,
)
from services.diary.domain.entry import record as in_a_diary
from services.diary.domain.experienced import EndBeforeStart, Experienced
from services.diary.examples import TALKING_TO_LARRY
from services.diary.wire import entries
from services.diary.worksheets import UnknownWorksheetVersion
from services.diary.worksheets.definition import NotTheWorksheetsScale

ENTRY = EntryId(UUID(int=1))
HOMEWORK = AssignmentId(UUID(int=2))
TEN = Scale(min=0, max=10)

nothing_yet: Scenario[Command, State, Event] = Scenario(decider)
record = RecordEntry(
    by=PATIENT,
    happened_at=NOW,
    now=NOW,
    id=ENTRY,
    patient_id=PatientId(MASHA),
    worksheet="interpersonal_practice",
    definition_version="1.0",
    experienced_at=Experienced(start=NOW - timedelta(minutes=20)),
    zone="Europe/London",
    answers=TALKING_TO_LARRY,
)
recorded = DiaryEntryRecorded(
    entry_id=ENTRY,
    patient_id=PatientId(MASHA),
    worksheet="interpersonal_practice",
    definition_version="1.0",
    experienced_at=Experienced(start=NOW - timedelta(minutes=20)),
    zone="Europe/London",
    recording_mode="in_the_moment",
    time_uncertain=False,
    source="patient",
    visibility="private",
    answers=as_told(TALKING_TO_LARRY, record),
)


def notices(command: RecordEntry) -> list[Notice]:
    return list(decider.advise(command, decider.fold(decider.decide(command, decider.initial))))


def test_what_a_patient_records_for_themselves_is_theirs_alone() -> None:
    nothing_yet.when(record).then(recorded)


def test_an_assignments_worksheet_is_shared_unless_the_patient_says_otherwise() -> None:
    homework = replace(record, assignment_id=HOMEWORK)
    nothing_yet.when(homework).then(replace(recorded, assignment_id=HOMEWORK, visibility="shared"))
    nothing_yet.when(replace(homework, visibility="private")).then(
        replace(recorded, assignment_id=HOMEWORK, visibility="private")
    )


def test_what_a_therapist_writes_down_for_a_patient_is_transcribed_and_shared() -> None:
    nothing_yet.when(replace(record, by=FOR_MASHA)).then(
        replace(recorded, source="transcribed", visibility="shared")
    )


def test_private_entries_are_sealed_under_the_patients_own_key() -> None:
    assert entries.wire.key_class(recorded) == "patient_private"
    assert entries.wire.key_class(replace(recorded, visibility="shared")) == "clinical"


def test_the_whole_header_is_kept() -> None:
    whole = replace(
        record,
        assignment_id=HOMEWORK,
        occurrence_id=OccurrenceId(UUID(int=3)),
        location="At work",
        with_whom="other",
        with_whom_other="The man who waters the plants",
        notes="Less nervous once we talked.",
        locale="en-GB",
        client_seq=17,
    )
    nothing_yet.when(whole).then(
        replace(
            recorded,
            assignment_id=HOMEWORK,
            occurrence_id=OccurrenceId(UUID(int=3)),
            visibility="shared",
            location="At work",
            with_whom="other",
            with_whom_other="The man who waters the plants",
            notes="Less nervous once we talked.",
            locale="en-GB",
            client_seq=17,
        )
    )


def test_the_same_entry_sent_again_changes_nothing() -> None:
    nothing_yet.given(recorded).when(record).then_nothing_changes()


@pytest.mark.parametrize(
    "other",
    [
        {"experienced_at": Experienced(start=NOW)},
        {"patient_id": PatientId(LEV)},
    ],
    ids=["another time", "another patient"],
)
def test_an_entrys_id_is_not_used_for_another(other: dict[str, Any]) -> None:
    nothing_yet.given(recorded).when(replace(record, **other)).then_rejected(EntryRecordedOtherwise)


def test_an_entry_from_the_future_is_kept_and_marked_uncertain() -> None:
    tomorrow = replace(record, experienced_at=Experienced(start=NOW + timedelta(days=1)))
    [kept] = in_a_diary(tomorrow, decider.initial)
    assert kept.time_uncertain
    assert notices(tomorrow) == [Notice("time-uncertain", "/experienced_at")]


def test_a_clock_that_is_five_minutes_fast_is_believed() -> None:
    slightly = replace(record, experienced_at=Experienced(start=NOW + timedelta(minutes=5)))
    assert notices(slightly) == []


def test_what_is_experienced_runs_forward() -> None:
    backwards = Experienced(start=NOW, end=NOW - timedelta(minutes=1))
    nothing_yet.when(replace(record, experienced_at=backwards)).then_rejected(EndBeforeStart)


def ratings(value: int, scale: Scale) -> RecordEntry:
    answers = replace(TALKING_TO_LARRY, difficulty=Rating(value=value, scale=scale))
    return replace(record, answers=answers)


def a_bit_anxious(intensity: Rating | None) -> RecordEntry:
    feelings = (Feeling(name="anxious", intensity=intensity),)
    return replace(record, answers=replace(TALKING_TO_LARRY, feelings=feelings))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (replace(record, definition_version="9.9"), UnknownWorksheetVersion),
        (replace(record, occurrence_id=OccurrenceId(ENTRY)), OccurrenceWithoutAssignment),
        (replace(record, with_whom="friend", with_whom_other="Jo"), CompanyNotOther),
        (replace(record, source="transcribed"), NotTheirWayOfRecording),
        (replace(record, by=FOR_MASHA, source="patient"), NotTheirWayOfRecording),
        (ratings(11, TEN), RatingOutsideScale),
        (ratings(50, Scale(min=0, max=100)), NotTheWorksheetsScale),
        (ratings(5, Scale(min=1, max=10)), NotTheWorksheetsScale),
        (ratings(0, Scale(min=0, max=0)), NotAScale),
        (a_bit_anxious(Rating(value=101, scale=Scale(min=0, max=100))), RatingOutsideScale),
    ],
)
def test_what_does_not_fit_is_refused(command: RecordEntry, reason: type[Rejected]) -> None:
    nothing_yet.when(command).then_rejected(reason)


def test_a_bit_anxious_needs_no_number() -> None:
    assert decider.decide(a_bit_anxious(None), decider.initial)


def test_what_an_integration_brings_is_imported() -> None:
    integrator = Actor(person_id=UUID(int=9), role="integrator")
    [kept] = in_a_diary(replace(record, by=integrator, source="imported"), decider.initial)
    assert kept.source == "imported"


def test_nothing_that_was_written_stays_in_the_state() -> None:
    assert "Larry" not in repr(decider.fold([recorded]))


share = ShareEntry(by=PATIENT, happened_at=NOW, now=NOW)
withdraw = WithdrawEntrySharing(by=PATIENT, happened_at=NOW, now=NOW)
shared, withdrawn = EntryShared(shared_at=NOW), EntrySharingWithdrawn(withdrawn_at=NOW)


def test_a_patient_shares_what_was_theirs_alone() -> None:
    nothing_yet.given(recorded).when(share).then(shared)


def test_sharing_is_taken_back() -> None:
    nothing_yet.given(recorded, shared).when(withdraw).then(withdrawn)
    nothing_yet.given(replace(recorded, visibility="shared")).when(withdraw).then(withdrawn)


def test_what_is_so_already_is_not_told_again() -> None:
    nothing_yet.given(recorded, shared).when(share).then_nothing_changes()
    nothing_yet.given(recorded).when(withdraw).then_nothing_changes()
    nothing_yet.given(recorded, shared, withdrawn).when(withdraw).then_nothing_changes()


def test_what_is_taken_back_may_be_shared_again() -> None:
    nothing_yet.given(recorded, shared, withdrawn).when(share).then(shared)


def test_what_a_therapist_wrote_down_is_in_their_records() -> None:
    theirs = replace(recorded, source="transcribed", visibility="shared")
    nothing_yet.given(theirs).when(withdraw).then_rejected(WrittenBySomebodyElse)


def test_what_was_written_for_oneself_keeps_its_own_key_when_it_is_shared() -> None:
    assert entries.wire.key_class(recorded) == "patient_private"
    assert entries.wire.key_class(shared) == "clinical"  # it says nothing that is sealed
