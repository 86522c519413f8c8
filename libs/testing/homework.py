"""The smallest homework that has every kind of answer, for tests of the machinery around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.decider import Decider, Notice, Rejected
from libs.eventstore.wire import Wire
from libs.vocabulary.text import Prose

# --- Facts. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkGiven:
    patient_id: UUID
    exercise: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded:
    note: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkWithdrawn:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkResumed:
    pass


Event = HomeworkGiven | NoteAdded | HomeworkWithdrawn | HomeworkResumed

# --- State. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    patient_id: UUID | None = None
    notes: int = 0
    withdrawn: bool = False


def evolve(state: State, event: Event) -> State:
    match event:
        case HomeworkGiven():
            return replace(state, patient_id=event.patient_id)
        case NoteAdded():
            return replace(state, notes=state.notes + 1)
        case HomeworkWithdrawn():
            return replace(state, withdrawn=True)
        case HomeworkResumed():
            return replace(state, withdrawn=False)
        case _:
            assert_never(event)


# --- Requests and rejections. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveHomework:
    patient_id: UUID
    exercise: str = "speaking to Larry about the films"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    """`times` facts from one request."""

    note: str = "he was on the phone"
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    pass


Command = GiveHomework | AddNote | Withdraw | Resume


class AlreadyGiven(Rejected):
    code = "already-given"


class IsWithdrawn(Rejected):
    code = "is-withdrawn"


# --- Rules. ---


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case GiveHomework():
            if state.patient_id is not None:
                raise AlreadyGiven
            return [HomeworkGiven(patient_id=command.patient_id, exercise=command.exercise)]
        case AddNote():
            if state.withdrawn:
                raise IsWithdrawn
            return [NoteAdded(note=command.note)] * command.times
        case Withdraw():
            return [] if state.withdrawn else [HomeworkWithdrawn()]
        case Resume():
            return [HomeworkResumed()] if state.withdrawn else []
        case _:
            assert_never(command)


def advise(command: Command, state: State) -> Sequence[Notice]:
    return [Notice("many-notes")] if isinstance(command, AddNote) and state.notes > 1 else []


homework: Aggregate[Command, State, Event] = Aggregate(
    category="homework",
    decider=Decider(State(), evolve, decide, advise),
    wire=Wire[Event](
        {
            HomeworkGiven: "interlude.test.HomeworkGiven.v1",
            NoteAdded: "interlude.test.NoteAdded.v1",
            HomeworkWithdrawn: "interlude.test.HomeworkWithdrawn.v1",
            HomeworkResumed: "interlude.test.HomeworkResumed.v1",
        }
    ),
    subject=lambda state: state.patient_id,
)
