"""An occurrence that is not done: begun and left, or declined before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from services.assignment.domain.homework import Homework, Outcome, settled
from services.assignment.domain.terms import OccurrenceId, OwnWords
from services.assignment.domain.windows import OutsideItsWindow, is_told, must_lie_in, window_of

ABANDONED = Outcome(state="abandoned")
DECLINED = Outcome(state="declined")


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceAbandoned:
    """Begun and left: that is worth understanding, and no failure."""

    occurrence_id: OccurrenceId
    note: OwnWords | None = None
    abandoned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceDeclined:
    """The patient decided not to, this time."""

    occurrence_id: OccurrenceId
    note: OwnWords | None = None
    declined_at: datetime


Fact = OccurrenceAbandoned | OccurrenceDeclined


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case OccurrenceAbandoned():
            return settled(homework, fact.occurrence_id, ABANDONED)
        case OccurrenceDeclined():
            return settled(homework, fact.occurrence_id, DECLINED)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonOccurrence(Told):
    """It was begun and left. `corrects`: this takes the place of what was told of it before."""

    occurrence_id: OccurrenceId
    note: OwnWords | None = None
    corrects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOccurrence(Told):
    """The patient decides not to, this time. `corrects`: this takes the place of what was told of
    it before.
    """

    occurrence_id: OccurrenceId
    note: OwnWords | None = None
    corrects: bool = False


Request = AbandonOccurrence | DeclineOccurrence


class OccurrenceBegun(Rejected):
    """What was begun is not declined any more: it is done, in part, or abandoned."""

    code = "occurrence-begun"
    pointer = "/occurrence_id"


# --- Rules. ---


def abandon(command: AbandonOccurrence, homework: Homework) -> Sequence[Fact]:
    named = command.occurrence_id
    window = window_of(named, homework)
    if is_told(named, ABANDONED, homework, corrects=command.corrects):
        return []
    must_lie_in(window, command.happened_at)
    return [
        OccurrenceAbandoned(
            occurrence_id=named, note=command.note, abandoned_at=command.happened_at
        )
    ]


def decline(command: DeclineOccurrence, homework: Homework) -> Sequence[Fact]:
    """Also of a time that is still to come."""
    named = command.occurrence_id
    window = window_of(named, homework)
    if is_told(named, DECLINED, homework, corrects=command.corrects):
        return []
    if named in homework.begun_occurrences and not command.corrects:
        raise OccurrenceBegun
    if window is not None and window.due_at is not None and command.happened_at >= window.due_at:
        raise OutsideItsWindow
    return [
        OccurrenceDeclined(occurrence_id=named, note=command.note, declined_at=command.happened_at)
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case AbandonOccurrence():
            return abandon(command, homework)
        case DeclineOccurrence():
            return decline(command, homework)
        case _:
            assert_never(command)
