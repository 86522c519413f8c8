"""The diagram of an assignment's states, written down once: which request leads from where to
where, and which is already so. Everything else is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from libs.eventstore.telling import Actor
from libs.testing.cast import MASHA, PATIENT
from services.assignment.domain.agreement import AgreeAssignment, ProposeAssignment
from services.assignment.domain.assignment import Command
from services.assignment.domain.declining import DeclineAssignment
from services.assignment.domain.ending import (
    CompletePartially,
    DiscontinueAssignment,
    RecordNotDone,
)
from services.assignment.domain.leaving import CorrectDeath, EndAtDischarge, EndByDeath
from services.assignment.domain.outcome import ActivateAssignment, CompleteHomework
from services.assignment.domain.pausing import PauseAssignment, ResumeAssignment
from services.assignment.domain.reopening import EnterInError, ReopenAssignment
from services.assignment.domain.terms import PatientId
from tests.unit.assignment.cases import told

OPEN = ("draft", "proposed", "declined", "agreed", "active", "paused")
UNDER_WAY = ("active", "paused")
DONE = ("completed", "partially_completed", "not_done", "discontinued")
ENDED = (*DONE, "ended_by_death")
EVERY = (*OPEN, *ENDED, "entered_in_error")

BACK = "back"
"""Where it stood before it ended."""


def _from(states: Iterable[str], to: str) -> dict[str, str]:
    return dict.fromkeys(states, to)


LEADS: Mapping[str, Mapping[str, str]] = {
    "propose": _from(("draft", "declined"), "proposed"),
    "agree": _from(("draft", "proposed", "declined"), "agreed"),
    "decline": _from(("proposed",), "declined"),
    "activate": _from(("agreed",), "active"),
    "pause": _from(("active",), "paused"),
    "resume": _from(("paused",), "active"),
    "complete": _from(UNDER_WAY, "completed"),
    "complete in part": _from(UNDER_WAY, "partially_completed"),
    "record not done": _from(UNDER_WAY, "not_done"),
    "discontinue": _from(OPEN, "discontinued"),
    "reopen": _from(DONE, BACK),
    "enter in error": _from((*OPEN, *ENDED), "entered_in_error"),
    "patient discharged, it is completed": {
        **_from(OPEN, "discontinued"),
        **_from(UNDER_WAY, "completed"),
    },
    "patient discharged, it is discontinued": _from(OPEN, "discontinued"),
    "patient died": _from(OPEN, "ended_by_death"),
    "patient's death corrected": _from(("ended_by_death",), BACK),
}

# What is told by reactions is never refused: a fact of care's is no mistake of anybody's here.
ALREADY_SO: Mapping[str, Iterable[str]] = {
    "propose": ("proposed",),
    "agree": ("agreed", "active", "paused"),
    "decline": ("declined",),
    "activate": UNDER_WAY,
    "pause": ("paused",),
    "resume": ("active",),
    "complete": ("completed",),
    "complete in part": ("partially_completed",),
    "record not done": ("not_done",),
    "discontinue": ("discontinued",),
    "reopen": OPEN,
    "enter in error": ("entered_in_error",),
    "patient discharged, it is completed": set(EVERY) - set(OPEN),
    "patient discharged, it is discontinued": set(EVERY) - set(OPEN),
    "patient died": set(EVERY) - set(OPEN),
    "patient's death corrected": set(EVERY) - {"ended_by_death"},
}

SYSTEM = Actor(person_id=UUID(int=0), role="system")
_HERS: Mapping[str, Any] = {"by": SYSTEM, "patient_id": PatientId(MASHA)}
_WHY = "It says why."

REQUESTS: Mapping[str, Callable[[UUID], Command]] = {
    "propose": lambda _: told(ProposeAssignment),
    "agree": lambda _: told(AgreeAssignment, attested=True),
    "decline": lambda _: told(DeclineAssignment, by=PATIENT, reason=_WHY),
    "activate": lambda _: told(ActivateAssignment),
    "pause": lambda _: told(PauseAssignment, reason="holiday"),
    "resume": lambda _: told(ResumeAssignment),
    "complete": lambda id_: told(CompleteHomework, id=id_),
    "complete in part": lambda id_: told(CompletePartially, id=id_, quantity=50),
    "record not done": lambda id_: told(RecordNotDone, id=id_),
    "discontinue": lambda _: told(DiscontinueAssignment, reason=_WHY),
    "reopen": lambda _: told(ReopenAssignment, reason=_WHY),
    "enter in error": lambda _: told(EnterInError, reason=_WHY),
    "patient discharged, it is completed": lambda id_: told(
        EndAtDischarge, id=id_, outcome="completed", **_HERS
    ),
    "patient discharged, it is discontinued": lambda id_: told(
        EndAtDischarge, id=id_, outcome="discontinued", **_HERS
    ),
    "patient died": lambda _: told(EndByDeath, died_on=date(2026, 3, 2), **_HERS),
    "patient's death corrected": lambda _: told(CorrectDeath, **_HERS),
}
"""Each with an id of its own, where it has one."""

WAY_TO: Mapping[str, tuple[str, ...]] = {
    "draft": (),
    "proposed": ("propose",),
    "declined": ("propose", "decline"),
    "agreed": ("agree",),
    "active": ("agree", "activate"),
    "paused": ("agree", "activate", "pause"),
    "completed": ("agree", "activate", "complete"),
    "partially_completed": ("agree", "activate", "complete in part"),
    "not_done": ("agree", "activate", "record not done"),
    "discontinued": ("agree", "activate", "discontinue"),
    "ended_by_death": ("agree", "activate", "patient died"),
    "entered_in_error": ("enter in error",),
}
"""How a draft comes to stand there."""
