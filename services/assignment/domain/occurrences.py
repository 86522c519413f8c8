"""The windows that an active plan opens, published so that others need not compute them.

They follow from the assignment's own stream: whenever its plan, due or status changed, what the
schedule now asks for is compared with what was published, and only the difference is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, assert_never

from annotated_types import Ge, Le

from services.assignment.domain.homework import (
    OPEN,
    Homework,
    Outcome,
    Window,
    settled,
    without,
)
from services.assignment.domain.schedule import (
    HORIZON,
    LONGEST_LATE,
    Asked,
    Occurrence,
    Span,
    asked,
    occurrences,
)
from services.assignment.domain.situation import started
from services.assignment.domain.terms import OccurrenceId, Period

WithdrawReason = Literal["plan_revised", "homework_ended"]

WHOLE = 100
"""Percent of what was planned."""

MOST_AT_ONCE = 500
"""Keeps a fact well below the 256 KiB that the store accepts."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencesScheduled:
    """An occurrence that is told again has the same id and replaces what was told before."""

    plan_version: int
    asked: Asked
    occurrences: tuple[Occurrence, ...]
    scheduled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrencesWithdrawn:
    """They are not applicable any more, and count in no denominator.

    `resting`: the homework is not over but rests; what is asked for when it goes on is told again.
    """

    occurrence_ids: tuple[OccurrenceId, ...]
    because: WithdrawReason
    resting: bool = False
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceCompleted:
    """One occurrence was done; late knowledge is not late work."""

    occurrence_id: OccurrenceId
    experienced_at: Period | None = None
    quantity: Annotated[int, Ge(1), Le(100)]
    completed_at: datetime


Fact = OccurrencesScheduled | OccurrencesWithdrawn | OccurrenceCompleted


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case OccurrencesScheduled():
            return _scheduled(homework, fact)
        case OccurrencesWithdrawn():
            return replace(
                homework,
                open_occurrences=without(homework.open_occurrences, *fact.occurrence_ids),
                missed_occurrences=without(homework.missed_occurrences, *fact.occurrence_ids),
                withdrawn_occurrences=homework.withdrawn_occurrences.union(fact.occurrence_ids),
            )
        case OccurrenceCompleted():
            begun = fact.experienced_at.start if fact.experienced_at else fact.completed_at
            done = settled(homework, fact.occurrence_id, _outcome(fact))
            return started(done, begun)
        case _:
            assert_never(fact)


def _scheduled(homework: Homework, fact: OccurrencesScheduled) -> Homework:
    windows = {
        each.id: Window(
            local_date=each.local_date,
            zone=each.zone,
            opens_at=each.opens_at,
            due_at=each.due_at,
            plan_version=fact.plan_version,
            asked=fact.asked,
        )
        for each in fact.occurrences
    }
    opening = [each.opens_at for each in fact.occurrences]
    return replace(
        homework,
        open_occurrences={**homework.open_occurrences, **windows},
        missed_occurrences=without(homework.missed_occurrences, *windows),
        withdrawn_occurrences=homework.withdrawn_occurrences.difference(windows),
        published_until=max([*filter(None, [homework.published_until]), *opening], default=None),
    )


def _outcome(fact: OccurrenceCompleted) -> Outcome:
    return Outcome(
        state="completed" if fact.quantity == WHOLE else "partial",
        quantity=fact.quantity,
        experienced_at=fact.experienced_at,
    )


# --- Rules. ---


def what_follows(
    before: Homework | None, after: Homework, *, at: datetime, now: datetime
) -> Sequence[Fact]:
    if before is not None and _asks_the_same(before, after):
        return []
    if after.status == "active":
        return [*_withdrawn(after, at), *_newly_asked(after, at, now)]
    if after.status == "paused" and before is not None and before.status != "paused":
        return _no_longer_asked(after, at, resting=True)
    if after.status not in OPEN:
        return _no_longer_asked(after, at)
    return []


def _asks_the_same(before: Homework, after: Homework) -> bool:
    return (before.schedule, before.due, before.status) == (
        after.schedule,
        after.due,
        after.status,
    )


def _withdrawn(homework: Homework, at: datetime) -> Iterator[Fact]:
    """Only those still to come: a time that came under an older plan stays as it was."""
    replaced = tuple(
        id_
        for id_, each in homework.open_occurrences.items()
        if each.plan_version < homework.plan_version and each.is_still_to_come(at)
    )
    if replaced:
        yield OccurrencesWithdrawn(occurrence_ids=replaced, because="plan_revised", withdrawn_at=at)


def _newly_asked(homework: Homework, at: datetime, now: datetime) -> Iterator[Fact]:
    span = Span(since=now - LONGEST_LATE, until=now + HORIZON)
    return published(homework, span, at=at, now=now)


def published(homework: Homework, span: Span, *, at: datetime, now: datetime) -> Iterator[Fact]:
    """What is asked for in this span of time, as far as nobody was told yet."""
    if homework.schedule is None:
        return
    wanted = occurrences(
        homework.schedule, due_at=homework.due.due_at, span=span, pauses=homework.pauses
    )
    new = [each for each in wanted if _is_news(each, homework, at, now)]
    for start in range(0, len(new), MOST_AT_ONCE):
        yield OccurrencesScheduled(
            plan_version=homework.schedule.plan_version,
            asked=asked(homework.schedule),
            occurrences=tuple(new[start : start + MOST_AT_ONCE]),
            scheduled_at=at,
        )


def _is_news(each: Occurrence, homework: Homework, at: datetime, now: datetime) -> bool:
    if each.id in homework.settled_occurrences:
        return False
    known = homework.open_occurrences.get(each.id) or homework.missed_occurrences.get(each.id)
    if known is None:
        return not _lay_in_another_zone(each, homework)
    if (known.opens_at, known.due_at) == (each.opens_at, each.due_at):
        return False
    return _may_still_move(known, at) and (each.due_at is None or each.due_at > now)


def _may_still_move(known: Window, at: datetime) -> bool:
    """A time that came stays as it was. A period may end later than it was to, even after that."""
    return known.asked == "within_a_period" or known.opens_at > at


def _lay_in_another_zone(each: Occurrence, homework: Homework) -> bool:
    """The patient's days before they travelled were days of another zone."""
    moved_at = homework.schedule.moved_at if homework.schedule is not None else None
    return moved_at is not None and each.opens_at < moved_at


def _no_longer_asked(homework: Homework, at: datetime, *, resting: bool = False) -> Sequence[Fact]:
    """What was open when the homework ended or began to rest, also where that is told late; what
    had closed before stays missed.
    """
    windows = {**homework.missed_occurrences, **homework.open_occurrences}
    left = tuple(id_ for id_, each in windows.items() if each.due_at is None or each.due_at > at)
    if not left:
        return []
    return [
        OccurrencesWithdrawn(
            occurrence_ids=left, because="homework_ended", resting=resting, withdrawn_at=at
        )
    ]


def done_by(period: Period, windows: Mapping[OccurrenceId, Window]) -> OccurrenceId | None:
    """The open occurrence that this was: in its window, else early on its own day."""
    inside = [id_ for id_, each in windows.items() if each.holds(period.start)]
    early = [id_ for id_, each in windows.items() if each.is_later_that_day(period.start)]
    return next(iter([*_first_due(inside, windows), *_first_due(early, windows)]), None)


def _first_due(
    ids: Sequence[OccurrenceId], windows: Mapping[OccurrenceId, Window]
) -> Sequence[OccurrenceId]:
    return sorted(ids, key=lambda id_: (windows[id_].due_at is None, windows[id_].opens_at))
