"""What GET shows of an entry and of a notebook: a second fold over their streams."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.eventstore.recorded import Recorded
from libs.vocabulary.text import Label, Prose
from services.diary.domain import entry, notebook
from services.diary.domain.entry import (
    AssignmentId,
    Company,
    DeviceId,
    EntryId,
    OccurrenceId,
    PatientId,
    Source,
    Visibility,
)
from services.diary.domain.experienced import Experienced, RecordingMode
from services.diary.domain.notebook import ReviewId, SessionId
from services.diary.worksheets import Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """When it was lived through, when it was written, and when it arrived are three times."""

    id: EntryId
    patient_id: PatientId
    worksheet: str
    definition_version: str
    assignment_id: AssignmentId | None
    occurrence_id: OccurrenceId | None
    experienced_at: Experienced
    zone: str
    recorded_at: datetime
    recording_mode: RecordingMode
    written_at: datetime | None
    time_uncertain: bool
    source: Source
    visibility: Visibility
    location: Label | None
    with_whom: Company | None
    with_whom_other: Label | None
    notes: Prose | None
    locale: str | None
    client_seq: int | None
    device_id: DeviceId | None
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledHomework:
    assignment_id: AssignmentId
    review_id: ReviewId
    session_id: SessionId
    filed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookView:
    """Homework whose review was completed, in the order of filing."""

    patient_id: PatientId
    filed: tuple[FiledHomework, ...]


def of_entry(history: Sequence[tuple[Recorded, entry.Event]]) -> EntryView:
    view: EntryView | None = None
    for recorded, fact in history:
        view = _entry(view, recorded, fact)
    assert view is not None  # noqa: S101 - a stream begins with its first fact
    return view


def _entry(view: EntryView | None, recorded: Recorded, fact: entry.Event) -> EntryView | None:
    match fact, view:
        case entry.DiaryEntryRecorded(), _:
            return _as_recorded(recorded, fact)
        case entry.EntryShared(), EntryView():
            return replace(view, visibility="shared")
        case entry.EntrySharingWithdrawn(), EntryView():
            return replace(view, visibility="private")
        case _:
            return view


def _as_recorded(recorded: Recorded, fact: entry.DiaryEntryRecorded) -> EntryView:
    return EntryView(
        id=fact.entry_id,
        patient_id=fact.patient_id,
        worksheet=fact.worksheet,
        definition_version=fact.definition_version,
        assignment_id=fact.assignment_id,
        occurrence_id=fact.occurrence_id,
        experienced_at=fact.experienced_at,
        zone=fact.zone,
        recorded_at=recorded.recorded_at,
        recording_mode=fact.recording_mode,
        written_at=fact.written_at,
        time_uncertain=fact.time_uncertain,
        source=fact.source,
        visibility=fact.visibility,
        location=fact.location,
        with_whom=fact.with_whom,
        with_whom_other=fact.with_whom_other,
        notes=fact.notes,
        locale=fact.locale,
        client_seq=fact.client_seq,
        device_id=fact.device_id,
        answers=fact.answers,
    )


def of_notebook(history: Sequence[tuple[Recorded, notebook.Event]]) -> NotebookView:
    return NotebookView(
        patient_id=history[-1][1].patient_id,
        filed=tuple(
            FiledHomework(
                assignment_id=fact.assignment_id,
                review_id=fact.review_id,
                session_id=fact.session_id,
                filed_at=fact.filed_at,
            )
            for _, fact in history
        ),
    )
