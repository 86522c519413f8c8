"""When a patient's treatment here ends and goes on, and their death.

None of it takes anything from the patient: who is discharged keeps their record.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.moment import in_zone

AssignmentId = NewType("AssignmentId", UUID)

DischargeReason = Literal["therapy_completed", "patient_left", "referred", "moved_away", "other"]

Outcome = Literal["completed", "discontinued", "self_directed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of homework that was open: `self_directed` is what they go on with alone."""

    assignment_id: AssignmentId
    outcome: Outcome


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDischarged:
    """Treatment here has ended. Said again with `assignments` that were not settled before."""

    discharged_at: datetime
    reason: DischargeReason
    assignments: tuple[Settled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientReadmitted:
    """Treatment here goes on."""

    readmitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDied:
    """`died_on` is the day where they lived."""

    died_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDeathCorrected:
    """They live: what was said of their death was entered in error."""

    corrected_at: datetime


Event = PatientDischarged | PatientReadmitted | PatientDied | PatientDeathCorrected


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Discharged:
    at: datetime
    reason: DischargeReason
    settled: AbstractSet[Settled] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`discharged` while treatment has ended, `readmitted_at` when it last went on again."""

    discharged: Discharged | None = None
    readmitted_at: datetime | None = None
    died_on: date | None = None


def evolve(course: Course, event: Event) -> Course:
    match event:
        case PatientDischarged():
            before = frozenset() if course.discharged is None else course.discharged.settled
            discharged = Discharged(
                at=event.discharged_at,
                reason=event.reason,
                settled=before | frozenset(event.assignments),
            )
            return replace(course, discharged=discharged)
        case PatientReadmitted():
            return replace(course, discharged=None, readmitted_at=event.readmitted_at)
        case PatientDied():
            return replace(course, died_on=event.died_on)
        case PatientDeathCorrected():
            return replace(course, died_on=None)
        case _:
            assert_never(event)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargePatient(Told):
    """Treatment ended when the request says that it happened. What becomes of open homework may be
    said now or, by the same request again, later.
    """

    reason: DischargeReason
    assignments: Annotated[tuple[Settled, ...], MaxLen(200)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmitPatient(Told):
    """Treatment goes on when the request says that it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeath(Told):
    """The patient has died, on this day where they lived."""

    died_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDeath(Told):
    """They have not died: it was entered in error."""


Command = DischargePatient | ReadmitPatient | RecordDeath | CorrectDeath


class PatientHasDied(Rejected):
    """The patient has died. If that was entered in error, correct it first."""

    code = "patient-has-died"


class DischargedOtherwise(Rejected):
    """They are discharged already, for another reason."""

    code = "discharged-otherwise"
    pointer = "/reason"


class AssignmentSettledOtherwise(Rejected):
    """Of each homework one thing becomes: for this one another was said."""

    code = "assignment-settled-otherwise"
    pointer = "/assignments"


class DischargedBeforeReadmitted(Rejected):
    """They were readmitted after that: mind the time, and the zone."""

    code = "discharged-before-readmitted"
    pointer = "/occurred_at"


class ReadmittedBeforeDischarged(Rejected):
    """Nobody is readmitted before they are discharged: mind the time, and the zone."""

    code = "readmitted-before-discharged"
    pointer = "/occurred_at"


class DeathInTheFuture(Rejected):
    """A death is recorded on its day or after it."""

    code = "death-in-the-future"
    pointer = "/died_on"


class DiedOtherwise(Rejected):
    """Another day is recorded. Correct the death first, then record it anew."""

    code = "died-otherwise"
    pointer = "/died_on"


# --- Rules. ---


def discharge(command: DischargePatient, course: Course) -> Sequence[PatientDischarged]:
    must_live(course)
    before = course.discharged
    settled = frozenset() if before is None else before.settled
    _must_be_one_thing_each(frozenset(command.assignments) | settled)
    if before is None:
        if course.readmitted_at is not None and command.happened_at < course.readmitted_at:
            raise DischargedBeforeReadmitted
        return [_discharged(command, command.happened_at, command.assignments)]
    if command.reason != before.reason:
        raise DischargedOtherwise
    fresh = tuple(each for each in command.assignments if each not in settled)
    return [_discharged(command, before.at, fresh)] if fresh else []


def _discharged(
    command: DischargePatient, at: datetime, assignments: Sequence[Settled]
) -> PatientDischarged:
    once = tuple(dict.fromkeys(assignments))
    return PatientDischarged(discharged_at=at, reason=command.reason, assignments=once)


def _must_be_one_thing_each(settled: AbstractSet[Settled]) -> None:
    if len({each.assignment_id for each in settled}) < len(settled):
        raise AssignmentSettledOtherwise


def readmit(command: ReadmitPatient, course: Course) -> Sequence[PatientReadmitted]:
    must_live(course)
    if course.discharged is None:
        return []
    if command.happened_at < course.discharged.at:
        raise ReadmittedBeforeDischarged
    return [PatientReadmitted(readmitted_at=command.happened_at)]


def record_death(command: RecordDeath, course: Course, *, zone: str) -> Sequence[PatientDied]:
    if command.died_on > in_zone(command.happened_at, zone).date():
        raise DeathInTheFuture
    if course.died_on is None:
        return [PatientDied(died_on=command.died_on)]
    if course.died_on != command.died_on:
        raise DiedOtherwise
    return []


def correct_death(command: CorrectDeath, course: Course) -> Sequence[PatientDeathCorrected]:
    if course.died_on is None:
        return []
    return [PatientDeathCorrected(corrected_at=command.happened_at)]


def decide(command: Command, course: Course, *, zone: str) -> Sequence[Event]:
    match command:
        case DischargePatient():
            return discharge(command, course)
        case ReadmitPatient():
            return readmit(command, course)
        case RecordDeath():
            return record_death(command, course, zone=zone)
        case CorrectDeath():
            return correct_death(command, course)
        case _:
            assert_never(command)


def must_live(course: Course) -> None:
    if course.died_on is not None:
        raise PatientHasDied


def must_be_there(course: Course, *, starts_at: datetime, zone: str, told_at: datetime) -> None:
    """Nobody meets a patient who has died; a session that was held before may be told late."""
    if course.died_on is None:
        return
    held = starts_at <= told_at and in_zone(starts_at, zone).date() <= course.died_on
    if not held:
        raise PatientHasDied
