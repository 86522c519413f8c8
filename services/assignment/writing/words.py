"""What each language has to say: headings, closed lists as one reads them, and sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Dates(Protocol):
    def __call__(self, day: date, weekday: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Sentences have their parts in braces. `joint` stands before the last of several."""

    language: str
    untitled: str
    why: str
    serves: str
    plan: str
    no_plan: str
    where: str
    when: str
    how_often: str
    how_long: str
    how_much: str
    obstacles: str
    none_foreseen: str
    if_then: str
    first_step: str
    notice: str
    look_at: str
    learn: str
    sign: str
    joint: str
    about: str
    at: str
    on: str
    on_date: str
    weekly: str
    every_weeks: str
    every_day: str
    after: str
    at_place: str
    when_it_happens: str
    times: str
    minutes: str
    minutes_range: str
    different: str
    travel: Mapping[str, str]
    rules: Mapping[str, str]
    sites: Mapping[str, str]
    days: Mapping[str, str]
    parts: Mapping[str, str]
    once_per: Mapping[str, str]
    per: Mapping[str, str]
    periods: Mapping[str, str]
    dimensions: Mapping[str, str]
    date: Dates
