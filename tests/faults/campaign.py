"""Which runs are still owed, and the worlds that they are made in."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Self

from tests.faults.fault import Fault
from tests.faults.ledger import Ledger
from tests.faults.running import Past, Result, run
from tests.faults.world import Ground, World, ground, world

RUNS_IN_A_WORLD = 6
"""Everything is looked at after every run, so a world must not grow without end."""


@dataclass
class Worlds:
    """One at a time, used again until it is old or a fault has spoilt it."""

    disk: bool = False
    _stack: ExitStack = field(default_factory=ExitStack)
    _world: ExitStack = field(default_factory=ExitStack)
    _ground: Ground | None = None
    _current: tuple[World, Past] | None = None
    _used: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()
        self._stack.close()

    @property
    def ground(self) -> Ground:
        if self._ground is None:
            self._ground = self._stack.enter_context(ground(small_disk=self.disk))
        return self._ground

    def use(self) -> tuple[World, Past]:
        if self._current is None or self._used >= RUNS_IN_A_WORLD:
            self.leave()
            self._current = (self._world.enter_context(world(self.ground)), Past())
        self._used += 1
        return self._current

    def leave(self) -> None:
        self._current, self._used = None, 0
        self._world.close()


@contextmanager
def of_its_own(fault: Fault) -> Iterator[tuple[World, Past]]:
    with ground(small_disk=fault.disk) as on, world(on) as made:
        yield made, Past()


def owed(faults: Sequence[Fault], ledger: Ledger, runs: int) -> list[tuple[Fault, int]]:
    """The fault that was run least often first; the order within a round is by chance."""
    done = Counter(line["fault"] for line in ledger.lines())
    rounds = []
    for number in range(runs):
        this = [fault for fault in faults if done[fault.name] <= number]
        Random(f"{ledger.code}/{number}").shuffle(this)  # noqa: S311 - an order, no secret
        rounds += [(fault, number) for fault in this]
    return rounds


def carried_out(
    fault: Fault, seed: str, worlds: Worlds, say: Callable[[str], None] = lambda _: None
) -> Result:
    """In a shared world, or in one of its own."""
    say(f"{fault.name}, seed {seed}")
    if fault.disk:
        with of_its_own(fault) as (alone, past):
            return run(alone, fault, seed, past)
    if fault.alone:
        worlds.leave()
    here, past = worlds.use()
    try:
        return run(here, fault, seed, past)
    except BaseException:
        worlds.leave()
        raise
    finally:
        if fault.alone:
            worlds.leave()
