"""The window of one occurrence: whether it is asked for, and what may be told of it, and when.

What counts is when something was done, not when that was told: late knowledge is not late work. The
last word counts, and what says otherwise than before has to say so.
"""

from datetime import datetime

from libs.eventstore.decider import Rejected
from services.assignment.domain.homework import Homework, Outcome, UnknownOccurrence, Window
from services.assignment.domain.terms import OccurrenceId


class OccurrenceNotApplicable(Rejected):
    """The plan was changed, or the homework ended or rests: this time is not asked for any more."""

    code = "occurrence-not-applicable"
    pointer = "/occurrence_id"


class OutsideItsWindow(Rejected):
    """An occurrence is done in its window, or earlier on its day; what was done at another time is
    worth telling as an experience or a diary entry.
    """

    code = "outside-its-window"
    pointer = "/experienced_at/start"


class OccurrenceToldOtherwise(Rejected):
    """Something else was told of it before: `corrects` says that this takes its place."""

    code = "occurrence-told-otherwise"
    pointer = "/corrects"


def is_not_applicable(named: OccurrenceId, homework: Homework) -> bool:
    """Whether this time is not asked for any more, for whatever reason it was withdrawn."""
    return named in homework.withdrawn_occurrences


def window_of(named: OccurrenceId, homework: Homework) -> Window | None:
    """Also of one that has closed: it may have been done while it was open. None where something
    was told of it and nobody knows its window.
    """
    known = homework.open_occurrences.get(named) or homework.missed_occurrences.get(named)
    if known is not None:
        return known
    if (before := homework.settled_occurrences.get(named)) is not None:
        return before.window
    if is_not_applicable(named, homework):
        raise OccurrenceNotApplicable
    raise UnknownOccurrence


def must_lie_in(window: Window | None, moment: datetime) -> None:
    if window is None or window.holds(moment) or window.is_later_that_day(moment):
        return
    raise OutsideItsWindow


def is_told(named: OccurrenceId, outcome: Outcome, homework: Homework, *, corrects: bool) -> bool:
    """Said again, it changes nothing (T9); said otherwise, it has to be a correction."""
    before = homework.settled_occurrences.get(named)
    if before is None or before.outcome == outcome:
        return before is not None
    if not corrects:
        raise OccurrenceToldOtherwise
    return False
