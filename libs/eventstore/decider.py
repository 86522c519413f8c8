"""A decision as plain functions: what a request makes of a state, and what a fact makes of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

Command = TypeVar("Command")
State = TypeVar("State")
Event = TypeVar("Event")


class Rejected(Exception):  # noqa: N818 - a settled answer to a request, not a malfunction
    """A rule said no. `code` is stable and public; `pointer` names the field at fault, if any.

    A rule about values that can stand in many places hands over the one `at_fault` instead: the
    edge finds where in the request it stood.
    """

    code: ClassVar[str]
    pointer: str = ""

    def __init__(self, at_fault: object = None) -> None:
        super().__init__()
        self.at_fault = at_fault


@dataclass(frozen=True, slots=True)
class Notice:
    """What a clinician should know but may overrule; it never stops a request."""

    code: str
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A kind of notice: its code and its words, declared once, as a constant beside its rule."""

    code: str
    words: str

    def at(self, pointer: str = "") -> Notice:
        return Notice(self.code, pointer)


def _nothing_to_say(_command: object, _state: object) -> Sequence[Notice]:
    return ()


@dataclass(frozen=True)
class Decider(Generic[Command, State, Event]):
    """`decide` answers facts, `[]` (already so), or raises `Rejected`; `evolve` never raises.

    `advise` sees the request and the state *after* it.
    """

    initial: State
    evolve: Callable[[State, Event], State]
    decide: Callable[[Command, State], Sequence[Event]]
    advise: Callable[[Command, State], Sequence[Notice]] = _nothing_to_say

    def fold(self, history: Iterable[Event], *, onto: State | None = None) -> State:
        state = self.initial if onto is None else onto
        for event in history:
            state = self.evolve(state, event)
        return state
