"""Trying it out in the session before doing it (C07): offered or asked for (C28), live or by guided
imagery (C29), step by step (C33).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import Ge, Le, MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.experience import Experience
from libs.vocabulary.obstacle import Obstacle
from libs.vocabulary.rating import must_lie_on_its_scale
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.homework import (
    Homework,
    having_told,
    must_be_open,
    with_obstacles,
)
from services.assignment.domain.situation import must_be_rated_well
from services.assignment.domain.terms import (
    Day,
    Party,
    PracticeId,
    SessionId,
    TimeOfDay,
    as_said,
    party,
)

PracticeOfferId = NewType("PracticeOfferId", UUID)
PracticeRequestId = NewType("PracticeRequestId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageryAnchor:
    """What brings the future into the present: *Monday, 11, my desk, my email just checked*."""

    day_of_week: Day | None = None
    time: TimeOfDay | None = None
    place: Label | None = None
    preceding_activity: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    n: Annotated[int, Ge(1), Le(100)]
    who: Literal["patient", "other"]
    text: Prose


@dataclass(frozen=True, kw_only=True)
class Practice:
    mode: Literal["live", "guided_imagery", "role_play"]
    session_id: SessionId
    outcome: Literal["ready", "needs_more_practice", "changed_task"]
    duration_min: Annotated[int, Ge(1), Le(240)] | None = None
    imagery_anchor: ImageryAnchor | None = None
    strategy_ref: PracticeId | None = None
    steps_rehearsed: Annotated[tuple[Step, ...], MaxLen(50)] = ()
    experience: Experience | None = None
    obstacles_found: Annotated[tuple[Obstacle, ...], MaxLen(20)] = ()


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeOffered:
    """Trying it in the session first was offered; `response` where it was answered at once."""

    offer_id: PracticeOfferId
    response: Literal["accepted", "declined"] | None = None
    offered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRequested:
    """The patient wants to try it in the session first."""

    request_id: PracticeRequestId
    requested_by: Party
    requested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRecorded(Practice):
    """It was tried in the session: how, step by step, and what came of it."""

    practice_id: PracticeId
    practised_at: datetime


Fact = PracticeOffered | PracticeRequested | PracticeRecorded


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case PracticeOffered():
            return having_told(homework, fact.offer_id)
        case PracticeRequested():
            return having_told(homework, fact.request_id)
        case PracticeRecorded():
            found = with_obstacles(homework, *(each.id for each in fact.obstacles_found))
            return having_told(found, fact.practice_id)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPractice(Told):
    """`response` is the patient's, where it was given at once."""

    id: Annotated[PracticeOfferId, MINTED]
    response: Literal["accepted", "declined"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPractice(Told):
    """The patient wants to try it in the session first."""

    id: Annotated[PracticeRequestId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPractice(Told, Practice):
    """How it was tried in the session, and what came of it."""

    id: Annotated[PracticeId, MINTED]


Request = OfferPractice | RequestPractice | RecordPractice


class ImageryAnchorMissing(Rejected):
    """Guided imagery starts from a place, a time, or what came before."""

    code = "imagery-anchor-missing"
    pointer = "/imagery_anchor"


class StepsOutOfOrder(Rejected):
    code = "steps-out-of-order"
    pointer = "/steps_rehearsed"


# --- Rules. ---


def offer(command: OfferPractice, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    return [
        PracticeOffered(
            offer_id=command.id, response=command.response, offered_at=command.happened_at
        )
    ]


def request(command: RequestPractice, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    return [
        PracticeRequested(
            request_id=command.id, requested_by=party(command.by), requested_at=command.happened_at
        )
    ]


def record(command: RecordPractice) -> Sequence[Fact]:
    if command.mode == "guided_imagery" and not _says_something(command.imagery_anchor):
        raise ImageryAnchorMissing
    numbers = [step.n for step in command.steps_rehearsed]
    if numbers != sorted(set(numbers)):
        raise StepsOutOfOrder
    if command.experience is not None:
        must_be_rated_well(command.experience.feelings)
    for obstacle in command.obstacles_found:
        must_lie_on_its_scale(obstacle.likelihood)
    return [
        PracticeRecorded(
            **as_said(Practice, command),
            practice_id=command.id,
            practised_at=command.happened_at,
        )
    ]


def _says_something(anchor: ImageryAnchor | None) -> bool:
    return anchor is not None and anchor != ImageryAnchor()


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case OfferPractice():
            return offer(command, homework)
        case RequestPractice():
            return request(command, homework)
        case RecordPractice():
            return record(command)
        case _:
            assert_never(command)
