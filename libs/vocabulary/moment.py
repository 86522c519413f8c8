"""Local times with their zone, made into instants by one rule for both changes of the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMoment:
    """A wall-clock time (no offset) and an IANA zone."""

    local: datetime
    zone: str

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
