"""What the passing of time alone makes of homework: windows close, and later ones come in sight."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from libs.eventstore.telling import Told
from services.assignment.domain import occurrences
from services.assignment.domain.homework import Homework, without
from services.assignment.domain.schedule import HORIZON, LONGEST_LATE, Span
from services.assignment.domain.terms import OccurrenceId

LOOKS_AGAIN = timedelta(days=1)
"""How often the horizon is moved on, where nothing closes before."""

MOST_AT_ONCE = 200
"""Windows that close in one request: after a long pause the clock asks again until none is left."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceExpired:
    """Its window closed at `due_at`, and nobody had told of it by then. Who tells later that it was
    done in time is believed: it is completed then, and was never missed.
    """

    occurrence_id: OccurrenceId
    due_at: datetime
    expired_at: datetime


Fact = OccurrenceExpired


def evolve(homework: Homework, fact: Fact) -> Homework:
    window = homework.open_occurrences.get(fact.occurrence_id)
    if window is None:
        return homework
    return replace(
        homework,
        open_occurrences=without(homework.open_occurrences, fact.occurrence_id),
        missed_occurrences={**homework.missed_occurrences, fact.occurrence_id: window},
    )


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PassTime(Told):
    """Asked by the clock alone: see what has become of this homework by now."""


# --- Rules. ---


def decide(command: PassTime, homework: Homework) -> Sequence[Fact | occurrences.Fact]:
    return [*_expired(homework, command.now), *_coming_in_sight(homework, command.now)]


def _expired(homework: Homework, now: datetime) -> Sequence[OccurrenceExpired]:
    """Also of homework that is over: what had closed before it ended stays missed."""
    closed = [
        OccurrenceExpired(occurrence_id=id_, due_at=each.due_at, expired_at=now)
        for id_, each in homework.open_occurrences.items()
        if each.due_at is not None and each.due_at <= now
    ]
    return sorted(closed, key=lambda each: (each.due_at, each.occurrence_id))[:MOST_AT_ONCE]


def _coming_in_sight(homework: Homework, now: datetime) -> Sequence[occurrences.Fact]:
    if homework.status != "active":
        return []
    since = homework.published_until or now - LONGEST_LATE
    span = Span(since=min(since, now), until=now + HORIZON)
    return list(occurrences.published(homework, span, at=now, now=now))


def next_look(homework: Homework, now: datetime) -> datetime | None:
    """When there is something to see to next; None where time changes nothing any more."""
    closing = [each.due_at for each in homework.open_occurrences.values() if each.due_at]
    if homework.status == "active" and homework.schedule is not None:
        closing.append(now + LOOKS_AGAIN)
    return min(closing, default=None)
