"""What a fault has in its hands while the load runs: the world, chance, and what to expect."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from tests.faults.history import Command
from tests.faults.load import Load
from tests.faults.member import Member
from tests.faults.observed import Probe
from tests.faults.world import World

Place = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(kw_only=True)
class Scene:
    """`planted` are records that we wrote as strangers, `parked` those of them and of ours that
    must be parked at the end.
    """

    world: World
    load: Load
    chance: Random
    planted: set[Place] = field(default_factory=set)
    parked: set[Place] = field(default_factory=set)
    probes: list[Probe] = field(default_factory=list)
    faulty: list[str] = field(default_factory=list)
    """What the fault itself saw go wrong, as anomaly classes."""

    also: list[Command] = field(default_factory=list)
    """Commands that the fault itself has sent."""

    lost_before: datetime | None = None
    """When there was an empty Kafka, if the fault lost what was in it."""

    notes: list[str] = field(default_factory=list)
    """What it measured, for people."""

    def pause(self, least: float, most: float) -> None:
        time.sleep(self.chance.uniform(least, most))

    def members(self, *names: str) -> Sequence[Member]:
        """In any order."""
        found = [self.world.members[name] for name in names]
        self.chance.shuffle(found)
        return found

    def probe(self, member: Member, *, should: bool) -> None:
        """What its readiness says now, and what is true."""
        told = member.told()
        self.probes.append(
            Probe(
                process=member.name,
                at=time.monotonic() - self.load.began,
                ready=told in {"ready", "degraded"},
                should=should,
            )
        )

    @contextmanager
    def dying_at(self, member: Member, point: str, within: float = 8.0) -> Iterator[None]:
        """It dies at the named point; what is inside happens while it is dead."""
        self.world.arm(member.name, point)
        died = member.wait_until_dead(within)
        self.world.disarm()
        if not died:
            # Nothing came by in time; then it dies wherever it is.
            member.kill()
        yield
        member.start()
