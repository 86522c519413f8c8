"""The situation thought through (C34), what was lived through (C12), and a prediction that can be
checked (C35).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal, NewType, assert_never
from uuid import UUID

from annotated_types import MaxLen, MinLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.experience import Experience, Feeling
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.homework import Homework, having_told, must_be_its_own
from services.assignment.domain.terms import (
    OccurrenceId,
    Party,
    Period,
    as_said,
    must_have_happened,
    party,
)

SituationId = NewType("SituationId", UUID)
ExperienceId = NewType("ExperienceId", UUID)
PredictionId = NewType("PredictionId", UUID)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The same shape as an experience, and the situation: so that they can be compared."""

    situation: Prose
    thoughts: Annotated[tuple[Prose, ...], MinLen(1), MaxLen(50)]
    feelings: Annotated[tuple[Feeling, ...], MaxLen(50)] = ()
    physical_sensations: Annotated[tuple[Label, ...], MaxLen(50)] = ()
    urge_or_behaviour: Prose | None = None


@dataclass(frozen=True, kw_only=True)
class Lived:
    phase: Literal["in_session_practice", "during_homework", "at_review"]
    experience: Experience
    experienced_at: Period | None = None
    occurrence_id: OccurrenceId | None = None


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """`likelihood` is on a scale to 100."""

    prediction: Prose
    observable_sign: Prose
    likelihood: Rating | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationConceptualised(Situation):
    """The situation thought through: thoughts, feelings, sensations, and the urge that follows."""

    situation_id: SituationId
    conceptualised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperienceRecorded(Lived):
    """What was lived through, in practice, during homework or told at review."""

    experience_id: ExperienceId
    told_by: Party
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionStated(Prediction):
    """`stated_afterwards`: it had begun by then, so this is no prediction any more."""

    prediction_id: PredictionId
    stated_afterwards: bool
    stated_by: Party
    stated_at: datetime


Fact = SituationConceptualised | ExperienceRecorded | PredictionStated


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case SituationConceptualised():
            return having_told(homework, fact.situation_id)
        case ExperienceRecorded():
            begun = _begun(homework, fact) if fact.phase == "during_homework" else homework
            return having_told(begun, fact.experience_id)
        case PredictionStated():
            return having_told(homework, fact.prediction_id)
        case _:
            assert_never(fact)


def _begun(homework: Homework, fact: ExperienceRecorded) -> Homework:
    return started(homework, fact.experienced_at.start if fact.experienced_at else fact.told_at)


def started(homework: Homework, at: datetime) -> Homework:
    """By the world's clock, whenever we heard of it."""
    first = homework.first_started_at
    return replace(homework, first_started_at=at if first is None else min(first, at))


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptualiseSituation(Told, Situation):
    """What the situation is like for the patient: thoughts, feelings, urges."""

    id: Annotated[SituationId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExperience(Told, Lived):
    """What was lived through, so that it can be compared across practice, diary and review."""

    id: Annotated[ExperienceId, MINTED]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePrediction(Told, Prediction):
    """What the patient expects to happen, and by what one would see it."""

    id: Annotated[PredictionId, MINTED]


Request = ConceptualiseSituation | RecordExperience | StatePrediction


class NothingExperienced(Rejected):
    code = "nothing-experienced"
    pointer = "/experience"


class LikelihoodNotToAHundred(Rejected):
    code = "likelihood-not-to-a-hundred"
    pointer = "/likelihood/scale"


# --- Rules. ---


def must_be_rated_well(feelings: Sequence[Feeling]) -> None:
    for feeling in feelings:
        must_lie_on_its_scale(feeling.intensity)


def conceptualise(command: ConceptualiseSituation) -> Sequence[Fact]:
    must_be_rated_well(command.feelings)
    return [
        SituationConceptualised(
            **as_said(Situation, command),
            situation_id=command.id,
            conceptualised_at=command.happened_at,
        )
    ]


def tell(command: RecordExperience, homework: Homework) -> Sequence[Fact]:
    if command.experience == Experience():
        raise NothingExperienced
    must_be_rated_well(command.experience.feelings)
    must_have_happened(command.experienced_at, command)
    must_be_its_own(command.occurrence_id, homework)
    return [
        ExperienceRecorded(
            **as_said(Lived, command),
            experience_id=command.id,
            told_by=party(command.by),
            told_at=command.happened_at,
        )
    ]


def predict(command: StatePrediction, homework: Homework) -> Sequence[Fact]:
    likelihood = command.likelihood
    must_lie_on_its_scale(likelihood)
    if likelihood is not None and (likelihood.scale.min, likelihood.scale.max) != (0, 100):
        raise LikelihoodNotToAHundred
    begun = homework.first_started_at
    return [
        PredictionStated(
            **as_said(Prediction, command),
            prediction_id=command.id,
            stated_afterwards=begun is not None and command.happened_at >= begun,
            stated_by=party(command.by),
            stated_at=command.happened_at,
        )
    ]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case ConceptualiseSituation():
            return conceptualise(command)
        case RecordExperience():
            return tell(command, homework)
        case StatePrediction():
            return predict(command, homework)
        case _:
            assert_never(command)
