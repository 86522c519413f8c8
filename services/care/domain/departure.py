"""Who worked in this clinic and does so no more: whatever their token says, they see nothing of it.

Of staff in any role, and of programs. That somebody is a patient here is never touched by it, also
where they are both: who does homework keeps their own record, and keeps it after treatment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, assert_never
from uuid import UUID

from libs.eventstore.decider import Decider, Rejected
from libs.eventstore.telling import Told

PersonId = NewType("PersonId", UUID)
"""The `person_id` of somebody's tokens: of a therapist, a supervisor, an admin, a program."""


# --- Facts. Stored for ever: add a version in wire.py, never edit a field here. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLeft:
    """From now on they may but finish records of their own, for as long as the clinic allows."""

    person_id: PersonId
    left_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReturned:
    """They work here again; whom they treat or supervise is as it is recorded by then."""

    returned_at: datetime


Event = StaffLeft | StaffReturned


# --- State: only what a rule below needs to know. ---


@dataclass(frozen=True, slots=True)
class NeverLeft:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    at: datetime


State = NeverLeft | Left | Returned


def evolve(_state: State, event: Event) -> State:
    match event:
        case StaffLeft():
            return Left(at=event.left_at)
        case StaffReturned():
            return Returned(at=event.returned_at)
        case _:
            assert_never(event)


# --- Requests. ---


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeparture(Told):
    """Somebody left when the request says that it happened. What they may still do ends as soon as
    it is heard of.
    """

    person_id: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReturn(Told):
    """They came back when the request says that it happened."""


Command = RecordDeparture | RecordReturn


class OwnDeparture(Rejected):
    """Nobody records that they have left themselves: somebody has to be there to undo it."""

    code = "own-departure"
    pointer = "/person_id"


class LeftBeforeTheyReturned(Rejected):
    """They left before they came back the last time: mind the time, and the zone."""

    code = "left-before-they-returned"
    pointer = "/occurred_at"


class ReturnedBeforeTheyLeft(Rejected):
    """Nobody returns before they have left: mind the time, and the zone."""

    code = "returned-before-they-left"
    pointer = "/occurred_at"


# --- Rules. ---


def leave(command: RecordDeparture, state: State) -> Sequence[Event]:
    if command.person_id == command.by.person_id:
        raise OwnDeparture
    if isinstance(state, Left):
        return []
    if isinstance(state, Returned) and command.happened_at < state.at:
        raise LeftBeforeTheyReturned
    return [StaffLeft(person_id=command.person_id, left_at=command.happened_at)]


def come_back(command: RecordReturn, state: State) -> Sequence[Event]:
    if not isinstance(state, Left):
        return []
    if command.happened_at < state.at:
        raise ReturnedBeforeTheyLeft
    return [StaffReturned(returned_at=command.happened_at)]


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RecordDeparture():
            return leave(command, state)
        case RecordReturn():
            return come_back(command, state)
        case _:
            assert_never(command)


decider: Decider[Command, State, Event] = Decider(NeverLeft(), evolve, decide)
