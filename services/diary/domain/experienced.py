"""Honest time: when something was lived through, and how much later it was written down."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from libs.eventstore.decider import Rejected
from libs.vocabulary.moment import Instant, in_zone

RecordingMode = Literal["in_the_moment", "same_day", "retrospective", "written_on_paper"]

IN_THE_MOMENT = timedelta(minutes=30)
AHEAD_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experienced:
    """Instants with their offset, so that the hour that an autumn clock repeats is told apart."""

    start: Instant
    end: Instant | None = None

    @property
    def last(self) -> datetime:
        return self.start if self.end is None else self.end

    def in_utc(self) -> "Experienced":
        return Experienced(
            start=self.start.astimezone(UTC), end=self.end and self.end.astimezone(UTC)
        )


class EndBeforeStart(Rejected):
    """What was experienced cannot end before it started."""

    code = "experience-ends-before-it-starts"
    pointer = "/experienced_at/end"


def must_run_forward(experienced: Experienced) -> None:
    if experienced.last < experienced.start:
        raise EndBeforeStart


def recording_mode(
    experienced: Experienced, *, zone: str, recorded: datetime, on_paper: datetime | None
) -> RecordingMode:
    """Derived from the lag, in the patient's own days: clinically, recalling is not recording."""
    if on_paper is not None:
        return "written_on_paper"
    if recorded - experienced.last <= IN_THE_MOMENT:
        return "in_the_moment"
    if in_zone(recorded, zone).date() == in_zone(experienced.last, zone).date():
        return "same_day"
    return "retrospective"


def is_ahead(moment: datetime, recorded: datetime) -> bool:
    """A device's clock was wrong, or somebody wrote down what is still to come."""
    return moment - recorded > AHEAD_AT_MOST
