"""What a process remembers of recently used streams, and whose turn it is on each."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic
from uuid import UUID
from weakref import WeakValueDictionary

from libs.eventstore.decider import State

Place = tuple[UUID, str]
"""Tenant and stream: the same id may name two streams in two clinics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Generic[State]):
    """A stream folded up to a version, with the last link of its chain."""

    state: State
    version: int
    chain: bytes
    recorded_at: datetime | None


class States(Generic[State]):
    """The most recently used streams, at most `capacity`. It may be stale and says so to nobody:
    an append compares versions, and whatever else a cached fold leads to is checked first.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._seen: OrderedDict[Place, Seen[State]] = OrderedDict()

    def get(self, place: Place) -> Seen[State] | None:
        seen = self._seen.get(place)
        if seen is not None:
            self._seen.move_to_end(place)
        return seen

    def put(self, place: Place, seen: Seen[State]) -> None:
        """Keeps the newer: a slow reader must not put back what a writer has left behind."""
        known = self._seen.get(place)
        if known is None or known.version <= seen.version:
            self._seen[place] = seen
        self._seen.move_to_end(place)
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)

    def drop(self, place: Place) -> None:
        self._seen.pop(place, None)

    def forget(self, concerns: Callable[[State], bool]) -> None:
        # Looks at each: subjects are erased rarely, an index would cost every command.
        for place in [place for place, seen in self._seen.items() if concerns(seen.state)]:
            del self._seen[place]


class Turns:
    """One request at a time per stream and process: a hot stream then has no losers at home."""

    def __init__(self) -> None:
        # Held weakly: a lock lives as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def at(self, place: Place) -> asyncio.Lock:
        lock = self._locks.get(place)
        if lock is None:
            lock = self._locks[place] = asyncio.Lock()
        return lock
