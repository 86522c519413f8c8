"""What can happen to a therapy session: the facts alone, which state and rules both know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

from annotated_types import Ge, Le

from libs.vocabulary.moment import WallClock
from services.care.domain.patient import PatientId
from services.care.domain.therapist import TherapistId

SessionId = NewType("SessionId", UUID)
SeriesId = NewType("SeriesId", UUID)
GroupId = NewType("GroupId", UUID)
Minutes = Annotated[int, Ge(10), Le(240)]
CancelledBy = Literal["patient", "therapist", "clinic"]
CancelReason = Literal["illness", "holiday", "emergency", "other_commitment", "other"]


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScheduled:
    """A patient and a therapist will meet. `starts_local` in `zone` is what was agreed on;
    `starts_at` is the instant, by the rules that the zone had when this was said. `series_id` where
    it is one of several that were agreed on together.
    """

    session_id: SessionId
    patient_id: PatientId
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    duration_min: int
    starts_local: WallClock | None = None
    series_id: SeriesId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSessionScheduled:
    """A group will meet, led by this therapist; the times as of any session."""

    session_id: SessionId
    group_id: GroupId
    therapist_id: TherapistId
    starts_at: datetime
    zone: str
    duration_min: int
    starts_local: WallClock


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled:
    """It moved before it began; homework that is due at it moves with it."""

    starts_at: datetime
    zone: str
    duration_min: int
    starts_local: WallClock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """`started_at` is when it began in the world, however late it was told."""

    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """`ended_at` is when it ended in the world; its start may never have been told."""

    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCancelled:
    """It was called off before it began; what is due at it is due at the one that follows."""

    cancelled_by: CancelledBy
    reason: CancelReason | None = None
    cancelled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNoShowRecorded:
    """The patient did not come; `noticed_at` is when that was certain, at its start or later."""

    noticed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReinstated:
    """That it was cancelled or missed was a mistake, or is no longer so: it stands as before."""

    reinstated_at: datetime


Event = (
    SessionScheduled
    | GroupSessionScheduled
    | SessionRescheduled
    | SessionStarted
    | SessionEnded
    | SessionCancelled
    | SessionNoShowRecorded
    | SessionReinstated
)
