"""Whether what is told under a known id is what was told under it before.

A rule that meets a known id answers *already so*, for it cannot compare: a state holds no text.
That is right for a client that repeats itself under another idempotency key, and hides the mistake
of one that has taken an id twice: another patient's name, another diary answer. So the desk, which
has the sealer, looks what stands there. Keeping a digest of each request would be cheaper here, but
it would outlive the keys: a short text can be guessed from its digest after it was erased.

The request is decided once more on the state of then, as if told then by the same person, and its
fact compared with the recorded one. Only ids that the edge makes may differ, and text that was
erased. The stream is read for it, which is seldom: a repetition under its own key never gets here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, Generic, get_args, get_type_hints
from uuid import UUID

from libs.eventstore.aggregate import Aggregate
from libs.eventstore.calling import Call
from libs.eventstore.decider import Command, Event, State
from libs.eventstore.errors import ToldOtherwise
from libs.eventstore.recorded import Recorded
from libs.eventstore.telling import Actor, Minted, Told
from libs.privacy.opening import opened
from libs.privacy.private import Erased
from libs.privacy.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Repeating(Generic[Command, State, Event]):
    aggregate: Aggregate[Command, State, Event]
    sealer: Sealer

    async def must_agree(self, call: Call[Command, State], history: Sequence[Recorded]) -> None:
        """Raises `ToldOtherwise`, or what the rules would have said to this request then."""
        first = _where_it_was_told(call.thing_id, history)
        if first is None:
            return
        stood = await opened(self._event(history[first]), self.sealer, call.tenant_id)
        state = self.aggregate.decider.fold(map(self._event, history[:first]))
        said = self.aggregate.decider.decide(_as_then(call.command, history[first]), state)
        if not any(agree(fact, stood) for fact in said):
            raise ToldOtherwise

    def _event(self, recorded: Recorded) -> Event:
        return self.aggregate.wire.from_wire(recorded.type, recorded.data, recorded.event_id)


def tells_something_new(call: Call[Any, Any]) -> bool:
    """Under an id of its own. A reaction has its id from its cause: there is no mistake to find."""
    return call.causation_id is None and (call.creates or call.thing_id != call.stream_uuid)


def _where_it_was_told(thing_id: UUID, history: Sequence[Recorded]) -> int | None:
    name = str(thing_id).encode()
    return next((at for at, one in enumerate(history) if name in one.data), None)


def _as_then(command: Any, recorded: Recorded) -> Any:
    if not isinstance(command, Told):
        return command
    by = Actor(
        person_id=recorded.actor_id,
        role=recorded.actor_role,  # type: ignore[arg-type]  # was a Role when it was recorded
        on_behalf_of=recorded.on_behalf_of,
    )
    return replace(command, by=by, happened_at=recorded.occurred_at, now=recorded.recorded_at)


def agree(said: Any, stood: Any) -> bool:
    """The same fact, as far as the client can know it."""
    if isinstance(stood, Erased):
        return True
    if is_dataclass(stood):
        return type(said) is type(stood) and all(
            agree(getattr(said, name), getattr(stood, name))
            for name in _told_fields(stood.__class__)
        )
    if isinstance(stood, tuple | list):
        return len(said or ()) == len(stood) and all(map(agree, said, stood))
    return bool(said == stood)


@cache
def _told_fields(kind: type[Any]) -> tuple[str, ...]:
    """Without the ids that the edge makes anew for each request."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        field.name
        for field in fields(kind)
        if not any(isinstance(mark, Minted) for mark in get_args(hints[field.name]))
    )
