"""Who supervises whom: a supervisor reads the cases of the therapists in their supervision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import MINTED, Told
from services.care.domain.therapist import TherapistId

SupervisionId = NewType("SupervisionId", UUID)

SupervisorId = NewType("SupervisorId", UUID)
"""A person with the role of a supervisor; that they treat patients as well is not asked."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionBegan:
    """From `began_at` this supervisor sees what is shared in the cases of this therapist."""

    supervision_id: SupervisionId
    supervisor_id: SupervisorId
    therapist_id: TherapistId
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionEnded:
    """From now on the supervisor sees none of them."""

    ended_at: datetime


Event = SupervisionBegan | SupervisionEnded


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NotBegun:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    supervisor_id: SupervisorId
    therapist_id: TherapistId
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    begun: Begun


State = NotBegun | Begun | Ended


def evolve(state: State, event: Event) -> State:
    match event:
        case SupervisionBegan():
            return Begun(
                supervisor_id=event.supervisor_id,
                therapist_id=event.therapist_id,
                began_at=event.began_at,
            )
        case SupervisionEnded():
            return Ended(begun=state) if isinstance(state, Begun) else state
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginSupervision(Told):
    """It began when the request says that it happened."""

    id: Annotated[SupervisionId, MINTED]
    supervisor_id: SupervisorId
    therapist_id: TherapistId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSupervision(Told):
    """It ended when the request says that it happened; if it begins again, with another id."""


Command = BeginSupervision | EndSupervision


class SupervisesThemselves(Rejected):
    """Nobody supervises their own cases: supervisor and therapist must be two people."""

    code = "supervises-themselves"
    pointer = "/supervisor_id"


class SupervisionBegunOtherwise(Rejected):
    """This id is taken by a supervision of other people."""

    code = "supervision-begun-otherwise"


class SupervisionEndsBeforeItBegan(Rejected):
    """Supervision ends after it has begun: mind the time, and the zone."""

    code = "supervision-ends-before-it-began"
    pointer = "/occurred_at"


# --- Rules. ---


def begin(command: BeginSupervision, state: State) -> Sequence[Event]:
    if command.supervisor_id == command.therapist_id:
        raise SupervisesThemselves
    began = SupervisionBegan(
        supervision_id=command.id,
        supervisor_id=command.supervisor_id,
        therapist_id=command.therapist_id,
        began_at=command.happened_at,
    )
    if isinstance(state, NotBegun):
        return [began]
    before = state.begun if isinstance(state, Ended) else state
    if (before.supervisor_id, before.therapist_id) != (began.supervisor_id, began.therapist_id):
        raise SupervisionBegunOtherwise
    return []


def end(command: EndSupervision, state: State) -> Sequence[Event]:
    if not isinstance(state, Begun):
        return []
    if command.happened_at < state.began_at:
        raise SupervisionEndsBeforeItBegan
    return [SupervisionEnded(ended_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case BeginSupervision():
            return begin(command, state)
        case EndSupervision():
            return end(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NotBegun(), evolve, decide)
"""Both ends are final: who goes on begins anew."""
