"""One diary entry: a worksheet that the patient filled in, and how it came to be written.

Entries are kept even if their time looks wrong or their assignment is unknown here: what a
patient wrote is never turned away for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from libs.eventstore.decider import Advice, Decider, Notice, Rejected
from libs.eventstore.telling import MINTED, Role, Told
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Instant, Zone
from libs.vocabulary.rating import as_told
from libs.vocabulary.text import Label, Prose
from services.diary.domain.experienced import (
    Experienced,
    RecordingMode,
    is_ahead,
    must_run_forward,
    recording_mode,
)
from services.diary.worksheets import Answers, Worksheet, definition_of

EntryId = NewType("EntryId", UUID)
PatientId = NewType("PatientId", UUID)
AssignmentId = NewType("AssignmentId", UUID)
OccurrenceId = NewType("OccurrenceId", UUID)
DeviceId = NewType("DeviceId", UUID)

Source = Literal["patient", "transcribed", "interview", "imported"]
Visibility = Literal["shared", "private"]
Company = Literal["alone", "family", "friend", "colleague", "stranger", "other"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEntryRecorded:
    """A worksheet that the patient filled in, or had filled in for them. `written_at` is when it
    was put on paper. `client_seq` counts per person and device.
    """

    entry_id: EntryId
    patient_id: PatientId
    worksheet: str
    definition_version: str
    assignment_id: AssignmentId | None = None
    occurrence_id: OccurrenceId | None = None
    experienced_at: Experienced
    zone: str
    recording_mode: RecordingMode
    written_at: datetime | None = None
    time_uncertain: bool
    source: Source
    visibility: Visibility
    location: Label | None = None
    with_whom: Company | None = None
    with_whom_other: Label | None = None
    notes: Prose | None = None
    locale: str | None = None
    client_seq: int | None = None
    device_id: DeviceId | None = None
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShared:
    """From now on those who treat the patient see it, with all that it said from the beginning."""

    shared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySharingWithdrawn:
    """From now on it is the patient's alone. What others have read they have read."""

    withdrawn_at: datetime


Event = DiaryEntryRecorded | EntryShared | EntrySharingWithdrawn


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class Unwritten:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    patient_id: PatientId
    worksheet: str
    definition_version: str
    experienced_at: Experienced
    source: Source
    visibility: Visibility
    time_uncertain: bool


State = Unwritten | Written


def evolve(state: State, event: Event) -> State:
    match event:
        case DiaryEntryRecorded():
            return Written(
                patient_id=event.patient_id,
                worksheet=event.worksheet,
                definition_version=event.definition_version,
                experienced_at=event.experienced_at,
                source=event.source,
                visibility=event.visibility,
                time_uncertain=event.time_uncertain,
            )
        case EntryShared():
            return replace(state, visibility="shared") if isinstance(state, Written) else state
        case EntrySharingWithdrawn():
            return replace(state, visibility="private") if isinstance(state, Written) else state
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEntry(Told):
    """`zone` is where the patient was. `written_at`: it stood on paper since then. `source` and
    `visibility` follow from who tells and what for, unless told.
    """

    id: Annotated[EntryId, MINTED]
    patient_id: PatientId
    worksheet: Worksheet
    definition_version: Annotated[str, MaxLen(16)]
    assignment_id: AssignmentId | None = None
    occurrence_id: OccurrenceId | None = None
    experienced_at: Experienced
    zone: Zone
    written_at: Instant | None = None
    source: Source | None = None
    visibility: Visibility | None = None
    location: Label | None = None
    with_whom: Company | None = None
    with_whom_other: Label | None = None
    notes: Prose | None = None
    locale: Locale | None = None
    client_seq: Annotated[int, Ge(0), Le(2**53 - 1)] | None = None
    device_id: DeviceId | None = None
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEntry(Told):
    """The patient's own act, and nobody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawEntrySharing(Told):
    """No reason is asked."""


Command = RecordEntry | ShareEntry | WithdrawEntrySharing


class NotTheirWayOfRecording(Rejected):
    """A patient records as *patient*; others transcribe, interview or import."""

    code = "not-their-way-of-recording"
    pointer = "/source"


class OccurrenceWithoutAssignment(Rejected):
    """An occurrence belongs to an assignment: name that too."""

    code = "occurrence-without-assignment"
    pointer = "/occurrence_id"


class CompanyNotOther(Rejected):
    """Words for the company go with *other* only."""

    code = "company-not-other"
    pointer = "/with_whom_other"


class EntryRecordedOtherwise(Rejected):
    """This id is taken by an entry of another worksheet, time or patient."""

    code = "entry-recorded-otherwise"
    pointer = "/id"


class WrittenBySomebodyElse(Rejected):
    """What a therapist wrote down, or another system sent, is in their records already."""

    code = "entry-written-by-somebody-else"


TIME_UNCERTAIN = Advice(
    "time-uncertain",
    "The entry tells of a time to come: it is kept, and its time marked uncertain.",
)

# --- Rules. ---


def record(command: RecordEntry, state: State) -> Sequence[DiaryEntryRecorded]:
    _must_be_whole(command)
    recorded = _as_recorded(command)
    if isinstance(state, Unwritten):
        return [as_told(recorded, command)]
    # The header tells one entry from another; answers are sealed, and the desk compares them.
    if not _same_entry(state, recorded):
        raise EntryRecordedOtherwise
    return []


def _must_be_whole(command: RecordEntry) -> None:
    must_run_forward(command.experienced_at)
    if command.occurrence_id is not None and command.assignment_id is None:
        raise OccurrenceWithoutAssignment
    if command.with_whom_other is not None and command.with_whom != "other":
        raise CompanyNotOther
    definition_of(command.worksheet, command.definition_version).check(command.answers)


def _as_recorded(command: RecordEntry) -> DiaryEntryRecorded:
    experienced = command.experienced_at.in_utc()
    moments = [experienced.last, command.written_at or experienced.last]
    return DiaryEntryRecorded(
        entry_id=command.id,
        patient_id=command.patient_id,
        worksheet=command.worksheet,
        definition_version=command.definition_version,
        assignment_id=command.assignment_id,
        occurrence_id=command.occurrence_id,
        experienced_at=experienced,
        zone=command.zone,
        recording_mode=recording_mode(
            experienced,
            zone=command.zone,
            recorded=command.happened_at,
            on_paper=command.written_at,
        ),
        written_at=command.written_at and command.written_at.astimezone(UTC),
        time_uncertain=any(is_ahead(moment, command.happened_at) for moment in moments),
        source=_source(command),
        visibility=command.visibility or _usual_visibility(command),
        location=command.location,
        with_whom=command.with_whom,
        with_whom_other=command.with_whom_other,
        notes=command.notes,
        locale=command.locale,
        client_seq=command.client_seq,
        device_id=command.device_id,
        answers=command.answers,
    )


def _source(command: RecordEntry) -> Source:
    source = command.source or _usual_source(command.by.role)
    if (command.by.role == "patient") != (source == "patient"):
        raise NotTheirWayOfRecording
    return source


def _usual_source(role: Role) -> Source:
    match role:
        case "patient":
            return "patient"
        case "integrator":
            return "imported"
        case _:
            return "transcribed"


def _usual_visibility(command: RecordEntry) -> Visibility:
    # Homework is shared, and what a therapist wrote down they know; the rest is the patient's own.
    shared = command.assignment_id is not None or command.by.role != "patient"
    return "shared" if shared else "private"


def _same_entry(state: Written, recorded: DiaryEntryRecorded) -> bool:
    return (state.patient_id, state.worksheet, state.definition_version, state.experienced_at) == (
        recorded.patient_id,
        recorded.worksheet,
        recorded.definition_version,
        recorded.experienced_at,
    )


def share(command: ShareEntry, state: State) -> Sequence[Event]:
    if not isinstance(state, Written) or state.visibility == "shared":
        return []
    return [EntryShared(shared_at=command.happened_at)]


def withdraw(command: WithdrawEntrySharing, state: State) -> Sequence[Event]:
    if not isinstance(state, Written) or state.visibility == "private":
        return []
    if state.source != "patient":
        raise WrittenBySomebodyElse
    return [EntrySharingWithdrawn(withdrawn_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RecordEntry():
            return record(command, state)
        case ShareEntry():
            return share(command, state)
        case WithdrawEntrySharing():
            return withdraw(command, state)
        case _:
            assert_never(command)


def advise(command: Command, state: State) -> Sequence[Notice]:
    recorded = isinstance(command, RecordEntry)
    if recorded and isinstance(state, Written) and state.time_uncertain:
        return [TIME_UNCERTAIN.at("/experienced_at")]
    return []


decider: Decider[Command, State, Event] = Decider(Unwritten(), evolve, decide, advise)
