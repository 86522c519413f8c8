"""When the story happens: in the past ten days, told late."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/London"
_LONDON = ZoneInfo(ZONE)
_FOUR_O_CLOCK = time(16, 0)
_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """All days follow from `today`, the day on which the story was first told."""

    today: date

    @property
    def session_1(self) -> datetime:
        return _at(self.today - timedelta(days=10), _FOUR_O_CLOCK)

    @property
    def monday(self) -> datetime:
        """The first Monday after session 1, at eleven."""
        day = self.session_1.date() + timedelta(days=1)
        while day.weekday() != _MONDAY:
            day += timedelta(days=1)
        return _at(day, time(11, 0))

    @property
    def session_2(self) -> datetime:
        """Three days ago, or the day after that Monday, whichever is later."""
        three_days_ago = self.today - timedelta(days=3)
        day_after = self.monday.date() + timedelta(days=1)
        return _at(max(three_days_ago, day_after), _FOUR_O_CLOCK)

    @property
    def session_3(self) -> datetime:
        return _at(self.today + timedelta(days=4), _FOUR_O_CLOCK)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, _LONDON)


def after(moment: datetime, minutes: int) -> datetime:
    return moment + timedelta(minutes=minutes)


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(moment: datetime) -> dict[str, str]:
    return {"local": moment.replace(tzinfo=None).isoformat(), "zone": ZONE}
