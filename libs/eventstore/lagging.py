"""How long ago a reader was last seen to have read all that there was.

The age of what it read last would say nothing: in a clinic that was quiet over the weekend one
unread fact would look two days late, and a reader that stands still would look as late for ever.
So every look at the ends of the partitions is kept until the reader has come past them. A fact that
was published before the last look that it has passed is read; what is unread is younger.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.messaging.broker import Partition

LOOK_EVERY = 5.0
"""Seconds between looks at the ends, and therefore how exact this is."""

_STALE = timedelta(seconds=3 * LOOK_EVERY)
"""A reader that does not even look is stuck, whatever it saw last."""

_MOST_LOOKS = 720
"""An hour of them. Without the eldest, a reader that catches up looks late a little longer."""

Places = Mapping[Partition, int]


@dataclass(frozen=True, slots=True)
class _Look:
    at: datetime
    ends: Places

    def is_passed(self, places: Places) -> bool:
        """Of the partitions that are still ours; others are somebody else's to read."""
        return all(places.get(at, end) >= end for at, end in self.ends.items())


class Lag:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._passed = self._looked = now()
        self._waiting: deque[_Look] = deque(maxlen=_MOST_LOOKS)
        self._ever_passed = False
        self._ends: Places = {}
        self.events = 0
        """Records that were there at the last look and are not read yet."""

    def looked(self, places: Places, ends: Places) -> None:
        """`places` are of the partitions that this process has."""
        self._looked = self._now()
        self._ends = {at: ends.get(at, 0) for at in places}
        self._waiting.append(_Look(self._looked, self._ends))
        self.moved(places)

    def moved(self, places: Places) -> None:
        self.events = sum(max(0, end - places.get(at, end)) for at, end in self._ends.items())
        while self._waiting and self._waiting[0].is_passed(places):
            self._passed = self._waiting.popleft().at
            self._ever_passed = True

    def applied(self, recorded_at: datetime) -> None:
        """Of a reader that has never caught up yet, what it reads is all that is known."""
        if not self._ever_passed:
            self._passed = recorded_at

    def seconds(self) -> float:
        """0 when nothing is waiting."""
        now = self._now()
        if not self._waiting and now - self._looked < _STALE:
            return 0.0
        return max(0.0, (now - self._passed).total_seconds())
