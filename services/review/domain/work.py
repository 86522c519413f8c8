"""What homework was done and when, the skills it brought, and praise for it (C19, C20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Annotated, Literal, NewType
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen

from libs.eventstore.decider import Advice, Notice, Rejected
from libs.eventstore.telling import MINTED, Told
from libs.privacy.private import Private
from libs.vocabulary.moment import Instant, Zone
from libs.vocabulary.text import Label, Prose, Text
from services.review.domain.state import OccurrenceId, Opened, State, opened

SkillId = NewType("SkillId", UUID)
EntryId = NewType("EntryId", UUID)

Praise = Annotated[Private, Text(0, 1000)]

AHEAD_AT_MOST = timedelta(minutes=5)


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """When homework was worked on: instants, and the zone it was done in."""

    start: Instant
    end: Instant | None = None
    zone: Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`quantity` is the share of what was planned, 0 to 100 %; quality is another question."""

    occurrence_id: OccurrenceId | None = None
    entry_id: EntryId | None = None
    when: Done
    quantity: Annotated[int, Ge(0), Le(100)]
    source: Literal["diary", "verbal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDoneRecorded:
    """What was done and when, as the diary shows it or as it was told in the session."""

    work_done: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PraiseGiven:
    """Praise for what was done or tried; its words may stay off the record."""

    text: Praise | None = None
    for_occurrence_ids: tuple[OccurrenceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillAcquired:
    """A specific skill that doing the homework brought, and what shows it."""

    skill_id: SkillId
    label: Label
    evidence: Prose | None = None


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWorkDone(Told):
    """What was done, and when."""

    work_done: Annotated[tuple[Work, ...], MinLen(1), MaxLen(50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePraise(Told):
    """Effort counts, not only the outcome; praise may be given without words on record."""

    text: Praise | None = None
    for_occurrence_ids: Annotated[tuple[OccurrenceId, ...], MaxLen(50)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSkill(Told):
    """A specific skill that the patient acquired, and what shows it."""

    id: Annotated[SkillId, MINTED]
    label: Label
    evidence: Prose | None = None


class WorkEndsBeforeItStarts(Rejected):
    """Work cannot end before it started."""

    code = "work-ends-before-it-starts"
    pointer = "/work_done"


class WorkStillToCome(Rejected):
    """A review looks back: work that is still to come cannot have been done."""

    code = "work-still-to-come"
    pointer = "/work_done"


PRAISE_WITHOUT_WORK = Advice(
    "praise-without-work", "Neither work nor a try is recorded that the praise could be for."
)

# --- Rules. ---


def record_work(command: RecordWorkDone, state: State) -> Sequence[WorkDoneRecorded]:
    opened(state)
    for work in command.work_done:
        if work.when.end is not None and work.when.end < work.when.start:
            raise WorkEndsBeforeItStarts
        if work.when.start > command.happened_at + AHEAD_AT_MOST:
            raise WorkStillToCome
    return [WorkDoneRecorded(work_done=tuple(map(_in_utc, command.work_done)))]


def give_praise(command: GivePraise, state: State) -> Sequence[PraiseGiven]:
    opened(state)
    return [PraiseGiven(text=command.text, for_occurrence_ids=command.for_occurrence_ids)]


def record_skill(command: RecordSkill, state: State) -> Sequence[SkillAcquired]:
    if command.id in opened(state).told:
        return []
    return [SkillAcquired(skill_id=command.id, label=command.label, evidence=command.evidence)]


def praise_without_work(state: Opened) -> Sequence[Notice]:
    return [] if state.work_done or state.effort_told else [PRAISE_WITHOUT_WORK.at()]


def _in_utc(work: Work) -> Work:
    when = Done(
        start=work.when.start.astimezone(UTC),
        end=work.when.end and work.when.end.astimezone(UTC),
        zone=work.when.zone,
    )
    return Work(
        occurrence_id=work.occurrence_id,
        entry_id=work.entry_id,
        when=when,
        quantity=work.quantity,
        source=work.source,
    )
