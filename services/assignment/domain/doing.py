"""What becomes of one occurrence that is done: begun, done in part, done.

`not_yet_available -> available -> started -> completed | partial | abandoned | expired | declined`,
and `not_applicable`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never

from annotated_types import Ge, Le

from libs.eventstore.telling import Told
from services.assignment.domain.homework import Homework, Outcome, settled
from services.assignment.domain.occurrences import WHOLE, OccurrenceCompleted
from services.assignment.domain.situation import started
from services.assignment.domain.terms import (
    Contact,
    OccurrenceId,
    OwnWords,
    Period,
    must_have_happened,
)
from services.assignment.domain.windows import (
    OccurrenceToldOtherwise,
    OutsideItsWindow,
    is_told,
    must_lie_in,
    window_of,
)

Part = Annotated[int, Ge(1), Le(99)]
"""Percent of what was planned."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceStarted:
    """The patient has begun. What is predicted from now on is no prediction any more."""

    occurrence_id: OccurrenceId
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencePartiallyCompleted:
    """Some of it was done: `quantity` percent."""

    occurrence_id: OccurrenceId
    quantity: Part
    experienced_at: Period | None = None
    note: OwnWords | None = None
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMet:
    """With whom it was done: different people are counted by `contact_ref` (C27)."""

    occurrence_id: OccurrenceId
    contact: Contact
    met_at: datetime


Fact = OccurrenceStarted | OccurrencePartiallyCompleted | ContactMet


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case OccurrenceStarted():
            begun = homework.begun_occurrences | {fact.occurrence_id}
            return started(replace(homework, begun_occurrences=begun), fact.started_at)
        case OccurrencePartiallyCompleted():
            outcome = Outcome(
                state="partial", quantity=fact.quantity, experienced_at=fact.experienced_at
            )
            done = settled(homework, fact.occurrence_id, outcome)
            return started(done, _begun(fact.experienced_at, fact.completed_at))
        case ContactMet():
            return homework
        case _:
            assert_never(fact)


def _begun(period: Period | None, told_at: datetime) -> datetime:
    return told_at if period is None else period.start


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOccurrence(Told):
    """The patient begins now, or began when it happened."""

    occurrence_id: OccurrenceId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteOccurrence(Told):
    """One occurrence is done. `corrects`: this takes the place of what was told of it before."""

    occurrence_id: OccurrenceId
    experienced_at: Period | None = None
    contact: Contact | None = None
    corrects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteOccurrencePartially(Told):
    """Some of one occurrence is done: `quantity` percent. `corrects`: this takes the place of what
    was told of it before.
    """

    occurrence_id: OccurrenceId
    quantity: Part
    experienced_at: Period | None = None
    contact: Contact | None = None
    note: OwnWords | None = None
    corrects: bool = False


Completing = CompleteOccurrence | CompleteOccurrencePartially
Request = StartOccurrence | Completing


# --- Rules. ---


def start(command: StartOccurrence, homework: Homework) -> Sequence[OccurrenceStarted]:
    """Of one that has closed it is told how it ended, not that it began."""
    named = command.occurrence_id
    if named in homework.begun_occurrences:
        return []
    window = window_of(named, homework)
    if named in homework.settled_occurrences:
        raise OccurrenceToldOtherwise
    if named in homework.missed_occurrences:
        raise OutsideItsWindow
    must_lie_in(window, command.happened_at)
    return [OccurrenceStarted(occurrence_id=named, started_at=command.happened_at)]


def complete(command: Completing, homework: Homework) -> Sequence[Fact | OccurrenceCompleted]:
    named, done = command.occurrence_id, _done(command)
    window = window_of(named, homework)
    if is_told(named, _outcome(done), homework, corrects=command.corrects):
        return []
    must_have_happened(command.experienced_at, command)
    when = _begun(command.experienced_at, command.happened_at)
    must_lie_in(window, when)
    if command.contact is None:
        return [done]
    return [done, ContactMet(occurrence_id=named, contact=command.contact, met_at=when)]


def _done(command: Completing) -> OccurrenceCompleted | OccurrencePartiallyCompleted:
    if isinstance(command, CompleteOccurrencePartially):
        return OccurrencePartiallyCompleted(
            occurrence_id=command.occurrence_id,
            quantity=command.quantity,
            experienced_at=command.experienced_at,
            note=command.note,
            completed_at=command.happened_at,
        )
    return OccurrenceCompleted(
        occurrence_id=command.occurrence_id,
        experienced_at=command.experienced_at,
        quantity=WHOLE,
        completed_at=command.happened_at,
    )


def _outcome(done: OccurrenceCompleted | OccurrencePartiallyCompleted) -> Outcome:
    return Outcome(
        state="completed" if isinstance(done, OccurrenceCompleted) else "partial",
        quantity=done.quantity,
        experienced_at=done.experienced_at,
    )


def decide(command: Request, homework: Homework) -> Sequence[Fact | OccurrenceCompleted]:
    if isinstance(command, StartOccurrence):
        return start(command, homework)
    return complete(command, homework)
