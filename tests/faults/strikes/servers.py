"""Kafka and PostgreSQL: killed, away for a minute, empty, or without room."""

import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.fault import EVERYBODY, SERVICES, Fault, Strike
from tests.faults.scene import Scene

_A_MINUTE = 60.0
_LEAVES_MB = 1


def kafka_killed(times: int) -> Strike:
    def strike(scene: Scene) -> None:
        kafka = scene.world.ground.kafka
        for _ in range(times):
            kafka.kill()
            scene.pause(0.1, 0.6)
            kafka.start()
            scene.pause(0.3, 1.0)

    return strike


def kafka_absent(seconds: float) -> Strike:
    """Commands go on meanwhile; APIs stay ready."""

    def strike(scene: Scene) -> None:
        kafka = scene.world.ground.kafka
        kafka.kill()
        time.sleep(seconds)
        for service in SERVICES:
            scene.probe(scene.world.members[f"{service}-api"], should=True)
        kafka.start()

    return strike


def kafka_absent_at_start(scene: Scene) -> None:
    """All roles are started while there is no broker."""
    kafka = scene.world.ground.kafka
    kafka.kill()
    members = scene.members(*scene.world.members)
    for member in members:
        member.kill()
    for member in members:
        member.start()
    for service in SERVICES:
        scene.world.members[f"{service}-api"].wait_until_ready()
    scene.pause(1, 2)
    kafka.start()


def kafka_wiped(scene: Scene) -> None:
    """Its data folder is lost. Each service's topic is made whole from its store; what had come to
    the analytics topic is not derived again.
    """
    kafka = scene.world.ground.kafka
    # Facts come to the analytics topic a while late: not before some of them are there to be lost.
    scene.pause(3.0, 4.0)
    kafka.wipe()
    scene.pause(0.2, 1.0)
    kafka.start()
    scene.lost_before = datetime.now(UTC)
    scene.pause(1.0, 2.0)
    for service in SERVICES:
        done = scene.world.operate(service, "republish")
        if done.returncode != 0:
            scene.faulty.append("republish-failed")


def postgres_killed(scene: Scene) -> None:
    """With its children, as in a power cut; then it recovers."""
    postgres = scene.world.ground.postgres
    for _ in range(2):
        postgres.kill()
        scene.pause(0.2, 1.0)
        postgres.start()
        scene.pause(0.5, 2.0)


def postgres_absent(seconds: float) -> Strike:
    """Stopped, and every pooled connection dead: APIs say so, and come back by themselves."""

    def strike(scene: Scene) -> None:
        postgres = scene.world.ground.postgres
        postgres.stop()
        time.sleep(seconds)
        for name in (*SERVICES, "gateway"):
            scene.probe(scene.world.members[f"{name}-api"], should=False)
        postgres.start()

    return strike


def disk_full(scene: Scene) -> None:
    """No room for a row more, for a while; PostgreSQL may fall over it and is started again."""
    postgres = scene.world.ground.postgres
    balloon = postgres.folder.parent / "balloon"
    _blow_up(balloon)
    time.sleep(4)
    balloon.unlink()
    postgres.start()


def _blow_up(balloon: Path) -> None:
    piece = b"\0" * 1_048_576
    with suppress(OSError), balloon.open("wb", buffering=0) as file:
        while _free_mb(balloon.parent) > _LEAVES_MB:
            file.write(piece)
    with suppress(OSError), balloon.open("ab", buffering=0) as file:
        while file.write(b"\0" * 4096) == 4096:
            continue


def _free_mb(folder: Path) -> float:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize / 1_048_576


UNHURRIED = 0.25
"""Seconds between two requests of a client, where homework is given for long while nobody reads:
each session that moves takes all of it along, which makes a hundred facts of one.
"""

FAULTS = (
    Fault(
        name="kafka-killed-five-times",
        strike=kafka_killed(5),
        seconds=35,
        think=UNHURRIED,
        settles_within=60,
    ),
    Fault(name="kafka-killed-once", strike=kafka_killed(1), settles_within=60),
    Fault(
        name="kafka-absent-a-minute",
        strike=kafka_absent(_A_MINUTE),
        seconds=66,
        think=UNHURRIED,
        settles_within=60,
    ),
    Fault(
        name="kafka-absent-at-start",
        strike=kafka_absent_at_start,
        hit=EVERYBODY,
        seconds=20,
        settles_within=60,
    ),
    Fault(
        name="kafka-wiped",
        strike=kafka_wiped,
        seconds=20,
        alone=True,
        bounded=True,
        settles_within=60,
    ),
    Fault(name="postgres-killed", strike=postgres_killed, hit=EVERYBODY, seconds=14, bounded=True),
    Fault(
        name="postgres-stopped-briefly",
        strike=postgres_absent(4),
        hit=EVERYBODY,
        seconds=12,
        settles_within=60,
    ),
    Fault(
        name="postgres-stopped-a-minute",
        strike=postgres_absent(_A_MINUTE),
        hit=EVERYBODY,
        seconds=66,
        settles_within=60,
    ),
    Fault(
        name="disk-full",
        strike=disk_full,
        hit=EVERYBODY,
        seconds=14,
        alone=True,
        disk=True,
        settles_within=60,
    ),
)
