"""How much is answered at once: beyond it, an honest "later" is better than a long queue."""

from prometheus_client import Counter, Gauge

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
