"""Why this homework, and how it sits with the patient: rationale (C05, C06), understanding
(C37, C38), commitment (C39).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import LOOKED_UP, MINTED, Told
from libs.vocabulary.procedure import Procedure
from services.assignment.domain.homework import Homework, having_told
from services.assignment.domain.terms import (
    GoalId,
    OwnWords,
    Party,
    Reasoning,
    Statement,
    as_said,
    party,
)

RationaleId = NewType("RationaleId", UUID)
UnderstandingId = NewType("UnderstandingId", UUID)
CommitmentId = NewType("CommitmentId", UUID)

MonitoredDimension = Literal[
    "mood",
    "accomplishment",
    "pleasure",
    "anxiety",
    "worry",
    "panic",
    "eating",
    "thoughts",
    "physical_sensations",
    "activity",
    "sleep",
    "other",
]


@dataclass(frozen=True, kw_only=True)
class Rationale:
    """Why this helps, linked to goals; none may be named: monitoring may serve to find them."""

    text: Reasoning
    goal_ids: Annotated[tuple[GoalId, ...], MaxLen(20)] = ()
    expected_learning: Reasoning | None = None
    monitored_dimensions: Annotated[tuple[MonitoredDimension, ...], MaxLen(12)] = ()
    leads_to_procedure: Procedure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBelief:
    """What the patient believes about change: a text, or *if …, then …*."""

    text: Statement | None = None
    if_text: Statement | None = None
    then_text: Statement | None = None


@dataclass(frozen=True, kw_only=True)
class Understanding:
    patient_words: OwnWords
    fits: Literal["yes", "partly", "no"]
    change_beliefs: Annotated[tuple[ChangeBelief, ...], MaxLen(20)] = ()


@dataclass(frozen=True, kw_only=True)
class Commitment:
    willing: bool
    statement: OwnWords | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RationaleGiven(Rationale):
    """Why this is worth doing, and which goals it serves."""

    rationale_id: RationaleId
    given_by: Party
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstandingChecked(Understanding):
    """What the patient takes the homework to be, in their own words."""

    understanding_id: UnderstandingId
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentStated(Commitment):
    """Whether the patient is prepared to try it."""

    commitment_id: CommitmentId
    stated_at: datetime


Fact = RationaleGiven | UnderstandingChecked | CommitmentStated


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case RationaleGiven():
            has_goal = homework.has_goal or bool(fact.goal_ids)
            given = replace(homework, has_rationale=True, has_goal=has_goal)
            return having_told(given, fact.rationale_id)
        case UnderstandingChecked():
            return having_told(homework, fact.understanding_id)
        case CommitmentStated():
            return having_told(homework, fact.commitment_id)
        case _:
            assert_never(fact)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRationale(Told, Rationale):
    """`open_goals` are those of this patient among the goals that it names."""

    id: Annotated[RationaleId, MINTED]
    open_goals: Annotated[frozenset[GoalId], LOOKED_UP] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUnderstanding(Told, Understanding):
    """What the patient has understood, in their own words."""

    id: Annotated[UnderstandingId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCommitment(Told, Commitment):
    """Whether the patient is willing, and what they say to it."""

    id: Annotated[CommitmentId, MINTED]


Request = GiveRationale | CheckUnderstanding | StateCommitment


class GoalNotOpen(Rejected):
    """Only an open goal of the same patient can carry a rationale."""

    code = "goal-not-open"
    pointer = "/goal_ids"


class BeliefIncomplete(Rejected):
    """A belief is a text, or both an *if* and a *then*."""

    code = "belief-incomplete"
    pointer = "/change_beliefs"


# --- Rules. ---


def give_rationale(command: GiveRationale) -> Sequence[Fact]:
    if not command.open_goals.issuperset(command.goal_ids):
        raise GoalNotOpen
    return [
        RationaleGiven(
            **as_said(Rationale, command),
            rationale_id=command.id,
            given_by=party(command.by),
            given_at=command.happened_at,
        )
    ]


def check_understanding(command: CheckUnderstanding) -> Sequence[Fact]:
    must_be_whole(command.change_beliefs)
    return [
        UnderstandingChecked(
            **as_said(Understanding, command),
            understanding_id=command.id,
            checked_at=command.happened_at,
        )
    ]


def must_be_whole(beliefs: Sequence[ChangeBelief]) -> None:
    if not all(_is_whole(belief) for belief in beliefs):
        raise BeliefIncomplete


def _is_whole(belief: ChangeBelief) -> bool:
    plain = belief.text is not None
    conditional = {belief.if_text is not None, belief.then_text is not None}
    return conditional == {not plain}


def state_commitment(command: StateCommitment) -> Sequence[Fact]:
    return [
        CommitmentStated(
            **as_said(Commitment, command),
            commitment_id=command.id,
            stated_at=command.happened_at,
        )
    ]


def decide(command: Request) -> Sequence[Fact]:
    match command:
        case GiveRationale():
            return give_rationale(command)
        case CheckUnderstanding():
            return check_understanding(command)
        case StateCommitment():
            return state_commitment(command)
        case _:
            assert_never(command)
