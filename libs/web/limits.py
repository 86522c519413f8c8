"""How much is answered at once: beyond it, an honest "later" is better than a long queue."""

from libs.web.problems import Problem


class Doors:
    """`most` requests inside at a time; probes and documentation are not counted."""

    def __init__(self, most: int = 256) -> None:
        self._free = most

    def enter(self) -> None:
        """Raises `Problem` (503 with Retry-After) when it is full."""
        if self._free <= 0:
            raise Problem("overloaded")
        self._free -= 1

    def leave(self) -> None:
        self._free += 1
