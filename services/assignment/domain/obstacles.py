"""What gets in the way, foreseen (C30) or not (C12), and the coping plan for it (C36)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.obstacle import (
    ObstacleCategory,
    ObstacleId,
    ObstacleKind,
    ObstaclePhase,
)
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Prose
from services.assignment.domain.homework import (
    Homework,
    having_told,
    must_be_its_own,
    with_obstacles,
)
from services.assignment.domain.terms import (
    OccurrenceId,
    Party,
    ResponseId,
    SessionId,
    as_said,
    party,
)


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """An obstacle as it is told; whether it was foreseen decides which fact it becomes."""

    category: ObstacleCategory
    text: Prose
    kind: ObstacleKind | None = None
    likelihood: Rating | None = None
    planned_response: Prose | None = None
    resolved: bool | None = None
    occurrence_id: OccurrenceId | None = None
    session_id: SessionId | None = None


@dataclass(frozen=True, kw_only=True)
class Response:
    """*If* the obstacle arises, *then* this."""

    obstacle_id: ObstacleId
    if_text: Prose
    then_text: Prose


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleAnticipated(Hindrance):
    """Something that may get in the way, foreseen."""

    obstacle_id: ObstacleId
    phase: ObstaclePhase
    anticipated_by: Party
    anticipated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleReported(Hindrance):
    """Something that got in the way."""

    obstacle_id: ObstacleId
    phase: ObstaclePhase
    reported_by: Party
    reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstacleResponsePlanned(Response):
    """The active one of its obstacle, in the place of `supersedes`."""

    response_id: ResponseId
    supersedes: ResponseId | None = None
    planned_by: Party
    planned_at: datetime


Fact = ObstacleAnticipated | ObstacleReported | ObstacleResponsePlanned


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case ObstacleAnticipated() | ObstacleReported():
            return with_obstacles(homework, fact.obstacle_id)
        case ObstacleResponsePlanned():
            active = {**homework.responses, fact.obstacle_id: fact.response_id}
            return having_told(replace(homework, responses=active), fact.response_id)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportObstacle(Told, Hindrance):
    """What may get in the way, or did."""

    id: Annotated[ObstacleId, MINTED]
    phase: ObstaclePhase = "unanticipated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanObstacleResponse(Told, Response):
    """If this gets in the way, then that is done."""

    id: Annotated[ResponseId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnticipateObstacle(Told):
    """What may get in the way, practical or within the person, before anything has."""

    id: Annotated[ObstacleId, MINTED]
    category: ObstacleCategory
    text: Prose
    kind: ObstacleKind | None = None
    likelihood: Rating | None = None
    planned_response: Prose | None = None


Request = ReportObstacle | AnticipateObstacle | PlanObstacleResponse


class UnknownObstacle(Rejected):
    code = "obstacle-unknown"
    pointer = "/obstacle_id"


# --- Rules. ---


def report(command: ReportObstacle, homework: Homework) -> Sequence[Fact]:
    must_be_its_own(command.occurrence_id, homework)
    must_lie_on_its_scale(command.likelihood)
    said = as_said(Hindrance, command) | {"obstacle_id": command.id, "phase": command.phase}
    by, at = party(command.by), command.happened_at
    if command.phase == "anticipated":
        return [ObstacleAnticipated(**said, anticipated_by=by, anticipated_at=at)]
    return [ObstacleReported(**said, reported_by=by, reported_at=at)]


def anticipate(command: AnticipateObstacle) -> Sequence[Fact]:
    must_lie_on_its_scale(command.likelihood)
    return [
        ObstacleAnticipated(
            category=command.category,
            text=command.text,
            kind=command.kind,
            likelihood=command.likelihood,
            planned_response=command.planned_response,
            obstacle_id=command.id,
            phase="anticipated",
            anticipated_by=party(command.by),
            anticipated_at=command.happened_at,
        )
    ]


def plan_response(command: PlanObstacleResponse, homework: Homework) -> Sequence[Fact]:
    if command.obstacle_id not in homework.obstacles:
        raise UnknownObstacle
    return [
        ObstacleResponsePlanned(
            **as_said(Response, command),
            response_id=command.id,
            supersedes=homework.responses.get(command.obstacle_id),
            planned_by=party(command.by),
            planned_at=command.happened_at,
        )
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case ReportObstacle():
            return report(command, homework)
        case AnticipateObstacle():
            return anticipate(command)
        case PlanObstacleResponse():
            return plan_response(command, homework)
        case _:
            assert_never(command)
