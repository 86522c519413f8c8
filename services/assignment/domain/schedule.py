"""Which windows a plan opens, and when: a pure function of a schedule and the calendar.

Local times follow the plan's zone through both changes of the clock. Ids are hashes of what an
occurrence is (assignment, plan version, local date, slot), so that deciding again finds the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le

from libs.vocabulary.moment import LocalMoment, in_zone
from services.assignment.domain.resting import Pauses, open_from
from services.assignment.domain.terms import AssignmentId, Day, OccurrenceId

Rule = Literal["scheduled", "n_times", "as_it_happens", "all_day", "when_wanted"]
Per = Literal["day", "week", "between_sessions"]
Asked = Literal["at_its_time", "within_a_period"]
PartOfDay = Literal["morning", "afternoon", "evening", "night"]
Travel = Literal["follow_patient", "fixed_zone"]
"""What a plan's local times do when the patient travels."""

HORIZON = timedelta(days=56)
"""How far ahead occurrences are published."""

LONGEST_LATE = timedelta(days=366)
"""Homework told later than this gets no occurrences for the days before."""

WEEK: Sequence[Day] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_Period = tuple[date, datetime, datetime | None]
_MIDNIGHT = time(0, 0)
_PARTS: dict[PartOfDay, tuple[time, time]] = {
    "morning": (time(6), time(12)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(22)),
    "night": (time(22), time(6)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    count: Annotated[int, Ge(1), Le(50)]
    per: Per


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The part of a plan that makes occurrences, with its zone resolved.

    `begins` is when it applies from: nothing that opened before is asked for. `moved_at` is since
    when its times are of this zone, where they were of another one before.
    """

    assignment_id: AssignmentId
    plan_version: int
    rule: Rule
    zone: str
    begins: datetime
    on_date: date | None = None
    on_days: tuple[Day, ...] = ()
    every_weeks: int = 1
    times: tuple[time, ...] = ()
    parts: tuple[PartOfDay, ...] = ()
    frequency: Frequency | None = None
    travel: Travel = "fixed_zone"
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The stretch of time whose occurrences are wanted."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One window for doing the homework. Without `due_at` it stays open: nothing expires."""

    id: OccurrenceId
    local_date: date
    slot: str
    opens_at: datetime
    due_at: datetime | None = None
    zone: str


def asked(schedule: Schedule) -> Asked:
    """*Three times a week*, with no day said, is one wide window for each of the three."""
    if schedule.on_date or schedule.on_days or schedule.frequency is None:
        return "at_its_time"
    by_day = schedule.rule == "scheduled" and schedule.frequency.per == "day"
    return "at_its_time" if by_day else "within_a_period"


def occurrences(
    schedule: Schedule, *, due_at: datetime | None, span: Span, pauses: Pauses = ()
) -> list[Occurrence]:
    """Those that open within the span, in order of their days.

    `due_at` is the assignment's own: it closes what is asked *between sessions*. What falls into a
    pause does not apply, and counts for no frequency.
    """
    if schedule.rule not in {"scheduled", "n_times"}:
        return []
    if asked(schedule) == "within_a_period":
        return list(_by_period(schedule, due_at, span, pauses))
    return list(_by_day(schedule, span, pauses))


def _by_period(
    schedule: Schedule, due_at: datetime | None, span: Span, pauses: Pauses
) -> Iterator[Occurrence]:
    frequency = schedule.frequency
    if frequency is None:
        return
    if frequency.per == "between_sessions":
        periods = _until_we_meet(schedule, due_at)
    else:
        periods = _rounds(schedule, 1 if frequency.per == "day" else 7, span)
    for local_date, begins_at, closes_at in periods:
        opens_at = open_from(begins_at, closes_at, pauses)
        if opens_at is None:
            continue
        for slot in range(1, frequency.count + 1):
            yield _occurrence(schedule, local_date, str(slot), opens_at, closes_at)


def _until_we_meet(schedule: Schedule, due_at: datetime | None) -> Iterator[_Period]:
    if due_at is None or due_at > schedule.begins:
        yield _first_day(schedule), schedule.begins, due_at


def _rounds(schedule: Schedule, width: int, span: Span) -> Iterator[_Period]:
    step = width if width == 1 else width * schedule.every_weeks
    first = _first_day(schedule)
    missed = max(0, (in_zone(span.since, schedule.zone).date() - first).days) // step
    day = first + timedelta(days=missed * step)
    while (opens_at := max(_at(schedule, day), schedule.begins)) < span.until:
        yield day, opens_at, _at(schedule, day + timedelta(days=width))
        day += timedelta(days=step)


def _by_day(schedule: Schedule, span: Span, pauses: Pauses) -> Iterator[Occurrence]:
    found = (
        _occurrence(schedule, day, slot, opens_at, closes_at)
        for day in _days(schedule, span)
        for slot, opens_at, closes_at in _slots(schedule, day)
        if schedule.begins <= opens_at < span.until
        and open_from(opens_at, closes_at, pauses) == opens_at
    )
    return (each for each in _no_more_than_agreed(schedule, found) if each.opens_at >= span.since)


def _no_more_than_agreed(schedule: Schedule, found: Iterator[Occurrence]) -> Iterator[Occurrence]:
    """The frequency has the last word: *once, on Mondays* ends after one Monday."""
    frequency = schedule.frequency
    return found if frequency is None else _the_first(frequency, found)


def _the_first(frequency: Frequency, found: Iterator[Occurrence]) -> Iterator[Occurrence]:
    taken: Counter[date | None] = Counter()
    for each in found:
        round_ = _round_of(frequency, each.local_date)
        taken[round_] += 1
        if taken[round_] <= frequency.count:
            yield each


def _round_of(frequency: Frequency, day: date) -> date | None:
    match frequency.per:
        case "day":
            return day
        case "week":
            return _monday_of(day)
        case "between_sessions":
            return None


def _days(schedule: Schedule, span: Span) -> Iterator[date]:
    if schedule.on_date is not None:
        yield schedule.on_date
        return
    if not (schedule.on_days or schedule.frequency or schedule.times or schedule.parts):
        return
    first, last = _first_day(schedule), in_zone(span.until, schedule.zone).date()
    day = first if _ends(schedule) else max(first, _monday_of(in_zone(span.since, schedule.zone)))
    monday, a_day = _monday_of(first), timedelta(days=1)
    while day <= last:
        weeks_on = (day - monday).days // 7
        in_turn = weeks_on % schedule.every_weeks == 0
        if in_turn and (not schedule.on_days or WEEK[day.weekday()] in schedule.on_days):
            yield day
        day += a_day


def _ends(schedule: Schedule) -> bool:
    return schedule.frequency is not None and schedule.frequency.per == "between_sessions"


def _monday_of(day: date) -> date:
    return date(day.year, day.month, day.day) - timedelta(days=day.weekday())


def _slots(schedule: Schedule, day: date) -> Sequence[tuple[str, datetime, datetime]]:
    """A time of day opens a window until the next one, or until the day ends."""
    if not schedule.times and not schedule.parts:
        opens_at, closes_at = _at(schedule, day), _at(schedule, day + timedelta(days=1))
        return [(str(n), opens_at, closes_at) for n in range(1, _times_a_day(schedule) + 1)]
    ends = _at(schedule, day + timedelta(days=1))
    starts = [_at(schedule, day, at) for at in schedule.times]
    windows = [
        (at.isoformat("minutes"), start, _next(starts, start, ends))
        for at, start in zip(schedule.times, starts, strict=True)
    ]
    return [*windows, *_parts_of(schedule, day)]


def _next(starts: Sequence[datetime], start: datetime, ends: datetime) -> datetime:
    """A spring gap may push a time beyond the next one, or onto it."""
    if len(starts) == 1:
        return ends
    return min((later for later in starts if later > start), default=ends)


def _times_a_day(schedule: Schedule) -> int:
    frequency = schedule.frequency
    return frequency.count if frequency is not None and frequency.per == "day" else 1


def _parts_of(schedule: Schedule, day: date) -> Iterator[tuple[str, datetime, datetime]]:
    for part in schedule.parts:
        start, end = _PARTS[part]
        last_day = day if start < end else day + timedelta(days=1)
        yield part, _at(schedule, day, start), _at(schedule, last_day, end)


def _first_day(schedule: Schedule) -> date:
    return in_zone(schedule.begins, schedule.zone).date()


def _at(schedule: Schedule, day: date, at: time | None = None) -> datetime:
    if at is None:
        return _midnight(schedule.zone, day)
    return _instant(schedule.zone, day, at)


@lru_cache(maxsize=16_384)
def _midnight(zone: str, day: date) -> datetime:
    """Many people's days begin and end at the same moments."""
    return _instant(zone, day, _MIDNIGHT)


def _instant(zone: str, day: date, at: time) -> datetime:
    """As `LocalMoment` says, asked only where the clock changes: a year has many days."""
    local = datetime.combine(day, at, ZoneInfo(zone))
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return local.astimezone(UTC)
    return LocalMoment(local=local.replace(tzinfo=None), zone=zone).instant()


def _occurrence(
    schedule: Schedule, day: date, slot: str, opens_at: datetime, due_at: datetime | None
) -> Occurrence:
    return Occurrence(
        id=id_of(schedule.assignment_id, schedule.plan_version, day, slot),
        local_date=day,
        slot=slot,
        opens_at=opens_at,
        due_at=due_at,
        zone=schedule.zone,
    )


def id_of(assignment_id: AssignmentId, plan_version: int, day: date, slot: str) -> OccurrenceId:
    what = f"{plan_version}/{day}/{slot}".encode()
    digest = blake2b(what, digest_size=16, key=assignment_id.bytes).digest()
    return OccurrenceId(UUID(bytes=digest, version=5))
