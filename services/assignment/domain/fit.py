"""How homework fits with what the patient prefers, values and believes about change (C13, C38)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

from annotated_types import MaxLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from services.assignment.domain.homework import Homework, having_told
from services.assignment.domain.reasons import ChangeBelief, must_be_whole
from services.assignment.domain.terms import Party, Statement, as_said, party

FitId = NewType("FitId", UUID)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """At least one of the three lists says something; `fit` is how well it fits, where rated."""

    preferences: Annotated[tuple[Statement, ...], MaxLen(20)] = ()
    values: Annotated[tuple[Statement, ...], MaxLen(20)] = ()
    change_beliefs: Annotated[tuple[ChangeBelief, ...], MaxLen(20)] = ()
    method: Literal["socratic_dialogue"] = "socratic_dialogue"
    fit: Rating | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class FitExplored(Fit):
    """What the patient prefers, values and believes, as it bears on this homework."""

    fit_id: FitId
    told_by: Party
    explored_at: datetime


Fact = FitExplored


def evolve(homework: Homework, fact: Fact) -> Homework:
    return having_told(homework, fact.fit_id)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreFit(Told, Fit):
    """What came out when both looked at how it fits."""

    id: Annotated[FitId, MINTED]


Request = ExploreFit


class NothingExplored(Rejected):
    """A preference, a value or a belief is told; one is enough."""

    code = "nothing-explored"


# --- Rules. ---


def decide(command: Request) -> Sequence[Fact]:
    if not (command.preferences or command.values or command.change_beliefs):
        raise NothingExplored
    must_be_whole(command.change_beliefs)
    must_lie_on_its_scale(command.fit)
    return [
        FitExplored(
            **as_said(Fit, command),
            fit_id=command.id,
            told_by=party(command.by),
            explored_at=command.happened_at,
        )
    ]
