"""How many subscriptions somebody may have open at a time, over however many connections."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from services.gateway.graphql.errors import Coded

MOST_STREAMS = 50
"""Subscriptions of one person that a process carries: a few screens, on a few devices."""

Person = tuple[UUID, UUID]
"""Tenant and person."""


class Streams:
    """How many subscriptions each person has open."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._open: Counter[Person] = Counter()

    @contextmanager
    def one_more(self, who: Person) -> Iterator[None]:
        """Raises `Coded` when there are too many already."""
        if self._open[who] >= self._most:
            raise Coded("TOO_MANY_SUBSCRIPTIONS")
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]
