"""What a fault is: a name, a strike while the load runs, and who may suffer from it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.scene import Scene
from tests.faults.world import SERVICES

Strike = Callable[[Scene], None]
EVERYBODY = frozenset({*SERVICES, "gateway"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`hit` are the services whose callers may be left without a good answer meanwhile; all others
    must answer as ever. `alone` wants a world that nobody uses afterwards. `seconds` of load.
    `bounded` ones are short enough for `make test`. `disk` wants a small file system.
    """

    name: str
    strike: Strike
    hit: frozenset[str] = frozenset()
    seconds: float = 10.0
    alone: bool = False
    bounded: bool = False
    disk: bool = False
    operations: tuple[str, ...] = ()
    clients: int | None = None
    think: float | None = None
    settles_within: float = 30.0
    """Seconds from healing until everything acknowledged is visible."""


__all__ = ["EVERYBODY", "SERVICES", "Fault", "Strike"]
