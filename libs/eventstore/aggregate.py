"""One kind of aggregate: its name, its decider, its wire, and whose it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from libs.eventstore.decider import Command, Decider, Event, State
from libs.eventstore.wire import Wire


@dataclass(frozen=True)
class Aggregate(Generic[Command, State, Event]):
    """`subject` names whose keys seal the private text of this stream (patient, therapist, group),
    read from the state after the fact; None where nothing private is ever said.
    """

    category: str
    decider: Decider[Command, State, Event]
    wire: Wire[Event]
    subject: Callable[[State], UUID | None]
