"""A plan in words: where, when, how often, how long, how much."""

from collections.abc import Iterator, Sequence

from services.assignment.domain.plan import Plan, Site, Target
from services.assignment.domain.schedule import WEEK, Frequency
from services.assignment.domain.timing import Timing
from services.assignment.writing.gathering import Gathered, line
from services.assignment.writing.words import Words

Slot = tuple[str, str]
"""What is asked, and the answer."""


def slots(told: Gathered, words: Words) -> Iterator[Slot]:
    """Those that were answered, in the order in which one asks."""
    plan = told.plan
    if plan is None:
        return
    if plan.site is not None:
        yield words.where, _site(plan.site, words)
    if plan.timing is not None:
        yield words.when, _timing(plan.timing, words)
    if told.frequency is not None:
        yield words.how_often, _frequency(told.frequency, words)
    if plan.duration_min is not None:
        yield words.how_long, _duration(plan, words)
    if plan.target is not None and (target := _target(plan.target, words)):
        yield words.how_much, target


def listed(items: Sequence[str], words: Words) -> str:
    if len(items) < 2:  # noqa: PLR2004 - one needs no joint
        return "".join(items)
    return f"{', '.join(items[:-1])} {words.joint} {items[-1]}"


def _site(site: Site, words: Words) -> str:
    label = line(site.label)
    return words.sites[site.kind] + (f": {label}" if label else "")


def _timing(timing: Timing, words: Words) -> str:
    said = [*_days(timing, words), *_hours(timing, words), *_cue(timing, words)]
    trigger = line(timing.trigger)
    if trigger:
        said.append(words.when_it_happens.format(what=trigger))
    if timing.travel is not None:
        said.append(words.travel[timing.travel])
    rule = words.rules.get(timing.rule)
    if rule:
        said.insert(0, rule)
    return "; ".join(said) or words.every_day


def _days(timing: Timing, words: Words) -> Iterator[str]:
    if timing.on_date is not None:
        weekday = words.days[WEEK[timing.on_date.weekday()]]
        yield words.on_date.format(what=words.date(timing.on_date, weekday))
    days = listed([words.days[day] for day in WEEK if day in timing.on_days], words)
    if days and timing.every_weeks > 1:
        yield words.every_weeks.format(what=days, n=timing.every_weeks)
    elif days:
        yield words.weekly.format(what=days)
    elif timing.rule == "scheduled" and timing.on_date is None:
        yield words.every_day


def _hours(timing: Timing, words: Words) -> Iterator[str]:
    hours = [f"{each:%H:%M}" for each in sorted(set(timing.time_of_day))]
    if hours:
        yield words.at.format(what=listed(hours, words))
    parts = [words.parts[each] for each in dict.fromkeys(timing.part_of_day)]
    if parts:
        yield listed(parts, words)


def _cue(timing: Timing, words: Words) -> Iterator[str]:
    """What the timing itself has not said."""
    cue = timing.cue
    if cue is None:
        return
    if cue.day_of_week is not None and timing.on_date is None and not timing.on_days:
        yield words.on.format(what=words.days[cue.day_of_week])
    if cue.local_time is not None and cue.local_time not in timing.time_of_day:
        told = words.about if cue.approx else words.at
        yield told.format(what=f"{cue.local_time:%H:%M}")
    if place := line(cue.place):
        yield words.at_place.format(what=place)
    if after := line(cue.after_activity):
        yield words.after.format(what=after)


def _frequency(frequency: Frequency, words: Words) -> str:
    if frequency.count == 1:
        return words.once_per[frequency.per]
    return words.times.format(n=frequency.count, per=words.per[frequency.per])


def _duration(plan: Plan, words: Words) -> str:
    least, most = plan.duration_min, plan.duration_max_min
    if most is None or most == least:
        return words.minutes.format(n=least)
    return words.minutes_range.format(least=least, most=most)


def _target(target: Target, words: Words) -> str:
    unit = line(target.unit)
    if unit is None:
        return ""
    count = words.different if target.distinct else "{n} {unit}"
    said = [count.format(n=target.count, unit=unit)]
    if whom := line(target.with_whom):
        said.append(whom)
    if target.period is not None:
        said.append(words.periods[target.period])
    return ", ".join(said)
