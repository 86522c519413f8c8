"""A proposal that is not taken up (C03): said with its reason, revised together, proposed again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from libs.eventstore.decider import Rejected
from libs.eventstore.telling import Told
from libs.vocabulary.text import Prose
from services.assignment.domain.agreement import OnlyTherapistAttests
from services.assignment.domain.homework import NOBODY, Homework, must_be_open
from services.assignment.domain.terms import Party, party

# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDeclined:
    """`attested`: the therapist says that the patient declined by word of mouth, in session."""

    reason: Prose
    declined_by: Party
    attested: bool
    declined_at: datetime


Fact = AssignmentDeclined


def evolve(homework: Homework, _fact: Fact) -> Homework:
    """Whoever had agreed, agreed to what was proposed then."""
    if homework.status != "proposed":
        return homework
    return replace(homework, status="declined", agreed_by=NOBODY)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineAssignment(Told):
    """Not this, or not like this; by `attested` the therapist says that it was the patient who
    declined.
    """

    reason: Prose
    attested: bool = False


Request = DeclineAssignment


class NotProposed(Rejected):
    """Only a proposal is declined; what both have agreed on is discontinued."""

    code = "not-proposed"


# --- Rules. ---


def decide(command: Request, homework: Homework) -> Sequence[Fact]:
    must_be_open(homework)
    if command.attested and command.by.role != "therapist":
        raise OnlyTherapistAttests
    if homework.status == "declined":
        return []
    if homework.status != "proposed":
        raise NotProposed
    return [
        AssignmentDeclined(
            reason=command.reason,
            declined_by="patient" if command.attested else party(command.by),
            attested=command.attested,
            declined_at=command.happened_at,
        )
    ]
