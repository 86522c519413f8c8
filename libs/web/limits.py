"""How much is answered at once: beyond it, an honest "later" is better than a long queue."""

from typing import Self

from prometheus_client import Counter, Gauge
from starlette.types import Message, Receive

from libs.web.problems import Problem

OVERLOADED = "overloaded"
"""The code of the refusal."""

_INSIDE = Gauge("interlude_requests_in_flight", "Requests being answered.", ["service"])
_REFUSED = Counter(
    "interlude_requests_refused_total",
    "Requests refused because too many were inside.",
    ["service"],
)


class Doors:
    """`most` requests inside at a time; probes and documentation are not counted."""

    def __init__(self, most: int = 256, *, service: str) -> None:
        self._free = most
        self._refused = _REFUSED.labels(service)
        _INSIDE.labels(service).set_function(lambda: most - self._free)

    @property
    def full(self) -> bool:
        return self._free <= 0

    def enter(self) -> None:
        """Raises `Problem` (503 with Retry-After) when it is full."""
        if self.full:
            self.refused()
            raise Problem(OVERLOADED)
        self._free -= 1

    def refused(self) -> None:
        """Somebody was, by whomever."""
        self._refused.inc()

    def leave(self) -> None:
        self._free += 1

    def place(self, receive: Receive) -> "Place":
        """For a request whose messages come by `receive`."""
        return Place(self, receive)


class Place:
    """One request's, to be entered and left (`with`). As long as the client has still to send
    something it stands aside: a place is for who is being answered.
    """

    __slots__ = ("_doors", "_inside", "_receive")

    def __init__(self, doors: Doors, receive: Receive) -> None:
        self._doors = doors
        self._receive = receive
        self._inside = False

    def __enter__(self) -> Self:
        """Raises `Problem` (503 with Retry-After) when it is full."""
        self._doors.enter()
        self._inside = True
        return self

    def __exit__(self, *_trouble: object) -> None:
        if self._inside:
            self._inside = False
            self._doors.leave()

    async def receive(self) -> Message:
        """The next message. Raises `Problem` when meanwhile it has become full."""
        if not self._inside:
            return await self._receive()
        self.__exit__()
        message = await self._receive()
        self.__enter__()
        return message
