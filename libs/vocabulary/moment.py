"""Local times with their zone, made into instants by one rule for both changes of the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from annotated_types import MaxLen

from libs.vocabulary.checked import Checked, Spelled

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
"""Room for every zone's offset on both sides, so that no conversion leaves the calendar."""

_RFC3339 = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    return name in _zones()


def is_instant(moment: datetime) -> bool:
    return moment.utcoffset() is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR


def is_wall_clock(moment: datetime) -> bool:
    return moment.tzinfo is None and _FIRST_YEAR <= moment.year <= _LAST_YEAR


Zone = Annotated[
    str,
    MaxLen(64),
    Checked(is_zone, code="unknown-zone", message="This takes an IANA time zone."),
]

Instant = Annotated[
    datetime,
    Spelled("date-time", _RFC3339),
    Checked(
        is_instant, code="not-an-instant", message="This takes an RFC 3339 time with its offset."
    ),
]

WallClock = Annotated[
    datetime,
    Checked(
        is_wall_clock,
        code="not-a-local-time",
        message="This takes a local time without an offset.",
        described={
            "description": "By the wall clock, without an offset.",
            "format": "date-time-local",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$",
            "examples": ["2026-03-02T11:00:00"],
        },
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMoment:
    """A wall-clock time (no offset) and an IANA zone."""

    local: WallClock
    zone: Zone

    def instant(self) -> datetime:
        """In UTC. In a spring gap the time moves forward; in an autumn fold it is the first."""
        zone = ZoneInfo(self.zone)
        instant = self.local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        back = instant.astimezone(zone).replace(tzinfo=None)
        return instant if back == self.local else _after_the_gap(self.local, zone)


def _after_the_gap(local: datetime, zone: ZoneInfo) -> datetime:
    # Read with the offset before the gap, a time inside it lands as far behind the gap's end.
    before = (local - timedelta(days=1)).replace(tzinfo=zone).utcoffset()
    assert before is not None  # noqa: S101 - an aware time has an offset
    return (local - before).replace(tzinfo=UTC)


def in_zone(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
