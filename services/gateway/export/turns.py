"""How many exports there are at once: a few in a process, and one of each person."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.types import Receive

from libs.access.principal import Principal
from libs.web.limits import Doors, Place
from libs.web.problems import Problem
from libs.web.replies import Header

MOST = 4
"""At a time in one process: each holds a connection while it lasts."""

_SOON: Header = (b"retry-after", b"5")


class Turns:
    """So nobody keeps others from theirs by reading slowly."""

    def __init__(self) -> None:
        self._doors = Doors(MOST, service="gateway-exports")
        self._taken: set[tuple[UUID, UUID]] = set()

    def place(self, receive: Receive) -> Place:
        """Raises `Problem` (503) when it is entered and all are taken."""
        return self._doors.place(receive)

    @contextmanager
    def of(self, principal: Principal) -> Iterator[None]:
        """Raises `Problem` (429) while they have another."""
        who = principal.tenant_id, principal.person_id
        if who in self._taken:
            raise Problem("too-many-requests", headers=[_SOON])
        self._taken.add(who)
        try:
            yield
        finally:
            self._taken.discard(who)
