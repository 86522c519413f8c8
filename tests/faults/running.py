"""One run: load, a fault in the midst of it, healing, quiet, and what the checker says."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from deploy.local.ports import listens
from tests.faults import observing
from tests.faults.checking import Anomaly, check
from tests.faults.clinic import Clinic, opened
from tests.faults.fault import Fault
from tests.faults.history import Command
from tests.faults.load import Load
from tests.faults.member import all_ready
from tests.faults.scene import Place, Scene
from tests.faults.world import World

_GIVES_UP = 90.0
"""Seconds after which nobody waits any more for quiet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Seconds. `anomalies` are counted by class; `found` tells where, in ids and numbers."""

    fault: str
    seed: str
    commands: int
    acknowledged: int
    refused: int
    unknown: int
    attempts: int
    heal: float
    catch_up: float
    took: float
    anomalies: Mapping[str, int]
    notes: Sequence[str] = ()
    found: Sequence[str] = field(default=(), repr=False)


@dataclass(kw_only=True)
class Past:
    """What a world has been through before: it is checked as a whole every time."""

    history: list[Command] = field(default_factory=list)
    planted: set[Place] = field(default_factory=set)
    parked: set[Place] = field(default_factory=set)


def run(
    world: World, fault: Fault, seed: str, past: Past, *, patience: float = _GIVES_UP
) -> Result:
    """`patience` is how many seconds it waits for quiet. Raises AssertionError when what was hurt
    does not come back to life.
    """
    began = time.monotonic()
    chance = Random(f"{fault.name}/{seed}")  # noqa: S311 - to be drawn again, not to be secret
    clinic = opened(world, chance)
    logs = observing.lengths(world)
    load = _load(world, fault, clinic, f"{fault.name}/{seed}")
    scene = Scene(
        world=world,
        load=load,
        chance=chance,
        planted=past.planted,
        parked=past.parked,
    )
    loading = load.start(fault.seconds)
    scene.pause(0.5, 2.5)
    fault.strike(scene)
    struck = time.monotonic()
    healed = _healed(world)
    loading.result()
    load.finish()
    asked = time.monotonic()
    rests = observing.quiet(world, patience)
    rested = time.monotonic()
    late = not rests or rested - asked > fault.settles_within
    seen = observing.observed(scene, late=late, within=fault.settles_within, logs_from=logs)
    anomalies = [
        *check(replace(seen, history=[*past.history, *scene.also, *seen.history])),
        *_by_the_scene(scene),
        *_bystanders(load, fault),
    ]
    history = [*load.history, *scene.also]
    past.history += history
    outcomes = Counter(command.outcome for command in history)
    return Result(
        fault=fault.name,
        seed=seed,
        commands=len(history),
        acknowledged=outcomes["ok"],
        refused=outcomes["refused"],
        unknown=outcomes["unknown"],
        attempts=sum(len(command.attempts) for command in history),
        heal=round(healed - struck, 2),
        catch_up=round(rested - asked, 2),
        took=round(time.monotonic() - began, 1),
        anomalies=dict(Counter(anomaly.cls for anomaly in anomalies)),
        notes=scene.notes,
        found=[f"{each.cls} {each.invariant} {each.where}" for each in anomalies],
    )


def _load(world: World, fault: Fault, clinic: Clinic, seed: str) -> Load:
    load = Load(world, clinic, seed, only=fault.operations)
    load.clients = fault.clients or load.clients
    load.think = load.think if fault.think is None else fault.think
    return load


def _healed(world: World) -> float:
    """When all was well again."""
    world.ground.postgres.start()
    if not listens(world.ground.kafka.port):
        world.ground.kafka.start()
    world.disarm()
    for member in world.members.values():
        member.resume()
        member.start()
    all_ready(list(world.members.values()))
    return time.monotonic()


def _by_the_scene(scene: Scene) -> Sequence[Anomaly]:
    return [Anomaly(cls=each, invariant="I9", where="seen by the fault") for each in scene.faulty]


def _bystanders(load: Load, fault: Fault) -> Sequence[Anomaly]:
    """Who is not hit keeps serving: an answer every time, and none that asks to come again."""
    return [
        Anomaly(
            cls="bystander-hit",
            invariant="I9",
            where=f"{each.door} {each.command.operation} {attempt.status} {attempt.code}",
        )
        for each in load.opened
        if each.door not in fault.hit
        for attempt in each.command.attempts
        if attempt.status is None or attempt.status >= 500
    ]
