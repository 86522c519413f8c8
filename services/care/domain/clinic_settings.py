"""What a clinic's people agree on anew: when to look twice at a rating, what homework needs to
start, and what the clinic tells whoever is in need.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.checked import Checked
from libs.vocabulary.locale import Locale
from libs.vocabulary.moment import Zone


def _is_printed(text: str) -> bool:
    return text.strip() == text and all(line.isprintable() for line in text.split("\n"))


ClinicText = Annotated[
    str,
    MinLen(1),
    MaxLen(1000),
    Checked(
        _is_printed,
        code="not-a-clinic-text",
        message="This takes 1 to 1000 printable characters in lines, without blanks around them.",
    ),
]
"""The clinic's own words for everybody, nobody's in particular: they are not sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisText:
    """Whom to call and where to go, for somebody who is spoken to in this language."""

    locale: Locale
    text: ClinicText


# --- The fact. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSettingsChanged:
    """What is named is so from now on, all else stays. `crisis_texts` are all that there are."""

    low_confidence_threshold: float | None = None
    rationale_gate: bool | None = None
    zone: str | None = None
    locale: str | None = None
    session_length_min: int | None = None
    crisis_texts: tuple[CrisisText, ...] | None = None
    response_expectation: str | None = None
    changed_at: datetime


# --- What it adds up to. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """As they are now. `low_confidence_threshold` is a share of a scale's maximum (0 to 1),
    `session_length_min` minutes.
    """

    zone: str
    locale: str
    low_confidence_threshold: float
    rationale_gate: bool
    session_length_min: int
    crisis_texts: tuple[CrisisText, ...] = ()
    response_expectation: str | None = None


NAMES = tuple(Settings.__dataclass_fields__)


def named(told: object) -> Mapping[str, Any]:
    """The settings that somebody said something of."""
    return {name: value for name in NAMES if (value := getattr(told, name)) is not None}


def settled(settings: Settings, fact: ClinicSettingsChanged) -> Settings:
    return replace(settings, **named(fact))


# --- Request and rule. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeClinicSettings(Told):
    """What is left out stays as it is. `low_confidence_threshold`: a rating below this share of its
    scale prompts an adjustment. `rationale_gate`: homework needs a rationale to start.
    `crisis_texts` takes the place of all that there were, one for each language.
    `response_expectation`: how soon somebody reads what a patient writes.
    """

    low_confidence_threshold: Annotated[float, Ge(0.0), Le(1.0)] | None = None
    rationale_gate: bool | None = None
    zone: Zone | None = None
    locale: Locale | None = None
    session_length_min: Annotated[int, Ge(10), Le(240)] | None = None
    crisis_texts: Annotated[tuple[CrisisText, ...], MaxLen(20)] | None = None
    response_expectation: ClinicText | None = None


class CrisisTextTwice(Rejected):
    """There is one crisis text for each language."""

    code = "crisis-text-twice"
    pointer = "/crisis_texts"


def change(command: ChangeClinicSettings, settings: Settings) -> Sequence[ClinicSettingsChanged]:
    texts = command.crisis_texts or ()
    if len({text.locale for text in texts}) < len(texts):
        raise CrisisTextTwice
    fresh = _differing(named(command), settings)
    if not fresh:
        return []
    said = {name: getattr(command, name) for name in fresh}
    return [ClinicSettingsChanged(**said, changed_at=command.happened_at)]


def _differing(said: Mapping[str, Any], settings: Settings) -> AbstractSet[str]:
    return {name for name, value in said.items() if value != getattr(settings, name)}
