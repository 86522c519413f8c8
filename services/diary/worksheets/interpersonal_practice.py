"""Interpersonal practice: a conversation that the patient set out to have, and how it went.

From the source's dialogue (talking to Larry about the films): what was planned to be said, what
was said, what the other did, and how that compares with what was predicted.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, NewType
from uuid import UUID

from annotated_types import MaxLen

from libs.vocabulary.experience import Feeling
from libs.vocabulary.rating import Rating, must_lie_on_its_scale
from libs.vocabulary.text import Label, Prose
from services.diary.worksheets.definition import Definition, must_be_rated

ContactRef = NewType("ContactRef", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherParty:
    """A pseudonym, sealed. `contact_ref` is the patient's own number for this person, so that
    different people can be counted without being named.
    """

    label: Label
    contact_ref: ContactRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpersonalPractice:
    """`comfort` and `difficulty` are rated 0 to 10. `as_predicted` is the patient's own verdict."""

    other_party: OtherParty
    what_i_said: Prose
    what_they_did: Prose
    setting: Label | None = None
    planned_opening: Prose | None = None
    feelings: Annotated[tuple[Feeling, ...], MaxLen(20)] = ()
    predicted_response: Prose | None = None
    actual_response: Prose | None = None
    as_predicted: Literal["yes", "partly", "no"] | None = None
    skill_used: Label | None = None
    comfort: Rating | None = None
    difficulty: Rating | None = None


def check(answers: InterpersonalPractice) -> None:
    must_be_rated(answers.comfort, low=0, high=10)
    must_be_rated(answers.difficulty, low=0, high=10)
    for feeling in answers.feelings:
        must_lie_on_its_scale(feeling.intensity)


DEFINITION = Definition(
    worksheet="interpersonal_practice",
    version="1.0",
    answers=InterpersonalPractice,
    check=check,
)
