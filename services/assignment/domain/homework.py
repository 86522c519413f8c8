"""What the rules need to know of one assignment; no rule needs what anybody wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, cast, get_args
from uuid import UUID

from libs.eventstore.decider import Rejected
from libs.vocabulary.changing import changed
from libs.vocabulary.moment import in_zone
from libs.vocabulary.obstacle import ObstacleId
from libs.vocabulary.procedure import Procedure
from services.assignment.domain.resting import Pause
from services.assignment.domain.schedule import Asked, Frequency, Schedule
from services.assignment.domain.terms import (
    AssignmentId,
    ComponentId,
    OccurrenceId,
    OptionId,
    Party,
    PatientId,
    Period,
    RatingId,
    ResponseId,
    SessionId,
    TherapistId,
)

OpenStatus = Literal["draft", "proposed", "declined", "agreed", "active", "paused"]
EndedStatus = Literal[
    "completed",
    "partially_completed",
    "not_done",
    "discontinued",
    "ended_by_death",
]
Status = OpenStatus | EndedStatus | Literal["entered_in_error"]

OPEN: frozenset[Status] = frozenset(get_args(OpenStatus))
"""Its course may change; what was declined is open to being revised."""
UNDER_WAY: frozenset[Status] = frozenset({"active", "paused"})
ENDED: frozenset[Status] = frozenset(get_args(EndedStatus))
"""Over, and may be taken up again. What was entered in error never was homework at all."""

NOBODY: frozenset[Party] = frozenset()
BOTH: frozenset[Party] = frozenset({"patient", "therapist"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Until when. Session-anchored dues follow their session; fixed ones never move."""

    follows_sessions: bool
    named_session_id: SessionId | None = None
    offset_min: int = 0
    session_id: SessionId | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One occurrence that nobody has done yet."""

    local_date: date
    zone: str
    opens_at: datetime
    due_at: datetime | None
    plan_version: int
    asked: Asked

    def holds(self, moment: datetime) -> bool:
        return self.opens_at <= moment and (self.due_at is None or moment < self.due_at)

    def is_still_to_come(self, moment: datetime) -> bool:
        """What may be done at any time of a period is to come until the period ends."""
        opens = self.opens_at if self.asked == "at_its_time" else self.due_at
        return opens is None or opens > moment

    def is_later_that_day(self, moment: datetime) -> bool:
        return moment < self.opens_at and in_zone(moment, self.zone).date() == self.local_date


OutcomeState = Literal["completed", "partial", "abandoned", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one occurrence, as it was told last."""

    state: OutcomeState
    quantity: int | None = None
    experienced_at: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An occurrence that somebody told of, and the window that it had (None: it had none)."""

    outcome: Outcome
    window: Window | None


def _nothing_open() -> Mapping[OccurrenceId, Window]:
    return MappingProxyType({})


def _nothing_settled() -> Mapping[OccurrenceId, Settled]:
    return MappingProxyType({})


def _no_responses() -> Mapping[ObstacleId, ResponseId]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Homework:
    """`told` holds the ids of everything told so far, so that telling it again changes nothing.
    `stood` is where it stood before it ended, and where it stands again if it is reopened. `pauses`
    are when nothing was asked for: it rested, or was over before it was reopened.
    `published_until` is when the last of the windows opens that were published so far.
    """

    assignment_id: AssignmentId
    patient_id: PatientId
    therapist_id: TherapistId
    status: Status
    given_at: datetime
    stood: OpenStatus = "draft"
    pauses: tuple[Pause, ...] = ()
    self_directed: bool = False
    procedure_tags: tuple[Procedure, ...] = ()
    created_in_session_id: SessionId | None = None
    told: frozenset[UUID] = frozenset()
    agreed_by: frozenset[Party] = NOBODY
    options: frozenset[OptionId] = frozenset()
    chosen_option_id: OptionId | None = None
    has_rationale: bool = False
    has_goal: bool = False
    components: frozenset[ComponentId] = frozenset()
    first_component_id: ComponentId | None = None
    obstacles: frozenset[ObstacleId] = frozenset()
    responses: Mapping[ObstacleId, ResponseId] = field(default_factory=_no_responses)
    ratings: frozenset[RatingId] = frozenset()
    plan_version: int = 0
    schedule: Schedule | None = None
    frequency: Frequency | None = None
    due: Due = Due(follows_sessions=False)
    open_occurrences: Mapping[OccurrenceId, Window] = field(default_factory=_nothing_open)
    done_occurrences: frozenset[OccurrenceId] = frozenset()
    withdrawn_occurrences: frozenset[OccurrenceId] = frozenset()
    begun_occurrences: frozenset[OccurrenceId] = frozenset()
    missed_occurrences: Mapping[OccurrenceId, Window] = field(default_factory=_nothing_open)
    settled_occurrences: Mapping[OccurrenceId, Settled] = field(default_factory=_nothing_settled)
    published_until: datetime | None = None
    first_started_at: datetime | None = None
    summaries: int = 0
    viewed_summaries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NotCreated:
    pass


State = NotCreated | Homework


class NotOpen(Rejected):
    """The course of homework changes only while it is open."""

    code = "assignment-not-open"


def must_be_open(homework: Homework) -> None:
    """What was said or lived through may be told at any time; this guards the course alone."""
    if homework.status not in OPEN:
        raise NotOpen


class NotActive(Rejected):
    """Homework that has not begun, or is over, is neither paused nor done."""

    code = "not-active"


def must_be_under_way(homework: Homework) -> None:
    """Also while it is paused: it may have been done all the same."""
    if homework.status not in UNDER_WAY:
        raise NotActive


def ended(homework: Homework, status: EndedStatus, at: datetime) -> Homework:
    """What ends a second time stands, once reopened, where it stood when it ended first. While it
    is over nothing is asked for.
    """
    if homework.status in OPEN:
        homework = replace(homework, stood=cast("OpenStatus", homework.status))
    if homework.status == "active":
        homework = replace(homework, pauses=(*homework.pauses, Pause(since=at)))
    return replace(homework, status=status)


def going_on(homework: Homework, at: datetime) -> Homework:
    """What fell into the time until now does not apply."""
    *before, last = homework.pauses or [Pause(since=at)]
    since = () if last.since >= at else (replace(last, until=at),)
    return replace(homework, status="active", pauses=(*before, *since))


class UnknownOccurrence(Rejected):
    code = "occurrence-unknown"
    pointer = "/occurrence_id"


def must_be_its_own(named: OccurrenceId | None, homework: Homework) -> None:
    """Also one that is not asked for any more: it may have been lived through before."""
    ever = (
        homework.open_occurrences,
        homework.missed_occurrences,
        homework.done_occurrences,
        homework.settled_occurrences,
        homework.withdrawn_occurrences,
    )
    if named is not None and not any(named in each for each in ever):
        raise UnknownOccurrence


def having_told(homework: Homework, *ids: UUID | None) -> Homework:
    return changed(homework, told=homework.told.union(each for each in ids if each))


def with_obstacles(homework: Homework, *ids: ObstacleId) -> Homework:
    return replace(homework, obstacles=homework.obstacles.union(ids), told=homework.told.union(ids))


def settled(homework: Homework, id_: OccurrenceId, outcome: Outcome) -> Homework:
    """The last word counts: an occurrence may be told of again, and otherwise."""
    before = homework.settled_occurrences.get(id_)
    window = homework.open_occurrences.get(id_) or homework.missed_occurrences.get(id_)
    is_done = outcome.state in {"completed", "partial"}
    done = homework.done_occurrences - {id_}
    known = Settled(outcome=outcome, window=window or (before.window if before else None))
    return replace(
        homework,
        open_occurrences=without(homework.open_occurrences, id_),
        missed_occurrences=without(homework.missed_occurrences, id_),
        settled_occurrences={**homework.settled_occurrences, id_: known},
        done_occurrences=done | {id_} if is_done else done,
    )


def without(
    windows: Mapping[OccurrenceId, Window], *gone: OccurrenceId
) -> Mapping[OccurrenceId, Window]:
    if windows.keys().isdisjoint(gone):
        return windows
    return {id_: each for id_, each in windows.items() if id_ not in gone}
