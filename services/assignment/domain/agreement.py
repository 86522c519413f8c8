"""Chosen together (C03): options and a choice among them, a proposal, the agreement of both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, assert_never

from annotated_types import MaxLen, MinLen

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import MINTED, Told
from libs.vocabulary.text import Label, Prose
from services.assignment.domain.homework import (
    BOTH,
    Homework,
    Status,
    having_told,
    must_be_open,
)
from services.assignment.domain.terms import (
    OptionId,
    Party,
    party,
)

TO_BE_PROPOSED: frozenset[Status] = frozenset({"draft", "declined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    id: Annotated[OptionId, MINTED]
    label: Label
    description: Prose | None = None


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsOffered:
    """Activities to choose from together."""

    options: tuple[Option, ...]
    offered_by: Party
    offered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChosen:
    """One of the offered options was chosen."""

    option_id: OptionId
    chosen_by: Party
    chosen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentProposed:
    """Somebody proposed that this be the homework."""

    proposed_by: Party
    proposed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAgreed:
    """`attested`: the therapist says that the patient agreed by word of mouth, in session."""

    agreed_by: Party
    attested: bool
    agreed_at: datetime


Fact = OptionsOffered | OptionChosen | AssignmentProposed | AssignmentAgreed


def evolve(homework: Homework, fact: Fact) -> Homework:
    match fact:
        case OptionsOffered():
            offered = {option.id for option in fact.options}
            return having_told(replace(homework, options=homework.options | offered), *offered)
        case OptionChosen():
            return replace(homework, chosen_option_id=fact.option_id)
        case AssignmentProposed():
            put = homework.status in TO_BE_PROPOSED
            return replace(homework, status="proposed") if put else homework
        case AssignmentAgreed():
            return _agreed(homework, fact)
        case _:
            assert_never(fact)


def _agreed(homework: Homework, fact: AssignmentAgreed) -> Homework:
    by = BOTH if fact.attested else homework.agreed_by | {fact.agreed_by}
    settled = by == BOTH and homework.status in {"draft", "proposed"}
    return replace(homework, agreed_by=by, status="agreed" if settled else homework.status)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferOptions(Told):
    """What the homework could be; the patient chooses."""

    options: Annotated[tuple[Option, ...], MinLen(1), MaxLen(20)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseOption(Told):
    """Which of the offered options it is going to be."""

    option_id: OptionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeAssignment(Told):
    """A draft, or what was revised after it was declined, is put to the other, to be agreed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeAssignment(Told):
    """Each agrees for themselves; by `attested` the therapist says that the patient did, too."""

    attested: bool = False


Request = OfferOptions | ChooseOption | ProposeAssignment | AgreeAssignment


class OptionNotOffered(Rejected):
    code = "option-not-offered"
    pointer = "/option_id"


class OptionRepeated(Rejected):
    code = "option-repeated"
    pointer = "/options"


class AlreadyAgreed(Rejected):
    """What both have agreed on is not proposed again; it is adjusted."""

    code = "already-agreed"


class OnlyTherapistAttests(Rejected):
    code = "only-a-therapist-attests"
    pointer = "/attested"


# --- Rules. ---


def offer(command: OfferOptions, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    offered = [option.id for option in command.options]
    if len(set(offered)) < len(offered):
        raise OptionRepeated
    new = tuple(option for option in command.options if option.id not in homework.options)
    if not new:
        return []
    return [
        OptionsOffered(options=new, offered_by=party(command.by), offered_at=command.happened_at)
    ]


def choose(command: ChooseOption, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if command.option_id not in homework.options:
        raise OptionNotOffered
    if command.option_id == homework.chosen_option_id:
        return []
    return [
        OptionChosen(
            option_id=command.option_id,
            chosen_by=party(command.by),
            chosen_at=command.happened_at,
        )
    ]


def propose(command: ProposeAssignment, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if homework.status == "proposed":
        return []
    if homework.status not in TO_BE_PROPOSED:
        raise AlreadyAgreed
    return [AssignmentProposed(proposed_by=party(command.by), proposed_at=command.happened_at)]


def agree(command: AgreeAssignment, homework: Homework) -> Sequence[Fact]:
    """Whoever agrees to a draft, or to what was declined, proposes it by that."""
    must_be_open(homework)
    by = party(command.by)
    if command.attested and command.by.role != "therapist":
        raise OnlyTherapistAttests
    if homework.agreed_by >= (BOTH if command.attested else {by}):
        return []
    agreed = AssignmentAgreed(
        agreed_by=by, attested=command.attested, agreed_at=command.happened_at
    )
    if homework.status not in TO_BE_PROPOSED:
        return [agreed]
    return [AssignmentProposed(proposed_by=by, proposed_at=command.happened_at), agreed]


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    match command:
        case OfferOptions():
            return offer(command, homework)
        case ChooseOption():
            return choose(command, homework)
        case ProposeAssignment():
            return propose(command, homework)
        case AgreeAssignment():
            return agree(command, homework)
        case _:
            assert_never(command)
