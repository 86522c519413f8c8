"""When nothing was asked for, and what that does to the windows that a plan would have opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From when until when the homework rested, or was over before it was reopened."""

    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)

    def outlasts(self, closes_at: datetime) -> bool:
        return self.since < closes_at and (self.until is None or closes_at <= self.until)


Pauses = Sequence[Pause]
"""One after the other."""


def open_from(opens_at: datetime, closes_at: datetime | None, pauses: Pauses) -> datetime | None:
    """What would open in a pause opens after it; None where it has closed by then."""
    for pause in pauses:
        if closes_at is not None and pause.outlasts(closes_at):
            return None
        if pause.covers(opens_at):
            if pause.until is None:
                return None
            opens_at = pause.until
    return opens_at
