"""Two of what there should be one of, and readers that lose their place."""

import time

import psycopg

from tests.faults.fault import EVERYBODY, SERVICES, Fault
from tests.faults.scene import Scene
from tests.faults.slowness import POLL_SECONDS
from tests.faults.world import SESSION

# Statements here are put together from our own names of schemas.
# ruff: noqa: S608

LEASE_SECONDS = 15
"""What a relay that says nothing keeps its lease, by the server's clock."""

_TWO_DAYS = 2 * 24 * 3600.0


def two_relays(scene: Scene) -> None:
    """Of every service, all the time; and one of each pair dies."""
    seconds = [scene.world.another(f"{service}-relay") for service in SERVICES]
    for second in seconds:
        second.start()
    for second in seconds:
        second.wait_until_ready()
    scene.pause(2, 4)
    for service in SERVICES:
        scene.world.members[f"{service}-relay"].kill()
        scene.pause(0.1, 0.5)
    for service in SERVICES:
        scene.world.members[f"{service}-relay"].start()
    for service in SERVICES:
        scene.world.members[f"{service}-relay"].wait_until_ready()
    scene.pause(1, 2)
    for service in SERVICES:
        scene.world.without(f"{service}-relay-2")


def relay_paused_past_its_lease(scene: Scene) -> None:
    """It sleeps with its lease in hand; another takes over; it wakes and believes to be the one."""
    first = scene.world.members["assignment-relay"]
    scene.pause(0.2, 1.0)
    second = scene.world.another("assignment-relay")
    second.start()
    second.wait_until_ready()
    scene.world.arm(first.name, "asleep")
    time.sleep(LEASE_SECONDS + 4)
    scene.world.disarm()
    first.resume()
    scene.pause(1, 2)
    scene.world.without("assignment-relay-2")


def rewound(scene: Scene) -> None:
    """Somebody sets all readers' positions back, half-way and to the beginning."""
    for share in (0.5, 0.0):
        scene.pause(0.5, 1.5)
        with psycopg.connect(scene.world.database.url) as superuser:
            for reader in (*SERVICES, "gateway"):
                superuser.execute(
                    f"UPDATE {reader}.positions SET next = (next * {share})::bigint".encode()
                )


def rebalanced(scene: Scene) -> None:
    """A second and a third projector come and go, one of them without a word."""
    second = scene.world.another("gateway-projector")
    second.start()
    second.wait_until_ready()
    scene.pause(0.5, 1.5)
    second.kill()
    scene.pause(0.1, 1.0)
    second.start()
    second.wait_until_ready()
    first = scene.world.members["gateway-projector"]
    first.kill()
    scene.pause(SESSION, SESSION + 1)
    first.start()
    first.wait_until_ready()
    scene.world.without("gateway-projector-2")


def paused_past_the_session(scene: Scene) -> None:
    """The projector sleeps until another has its partitions, and wakes in mid-batch."""
    second = scene.world.another("gateway-projector")
    second.start()
    second.wait_until_ready()
    first = scene.world.members["gateway-projector"]
    scene.pause(0.3, 1.0)
    first.pause()
    time.sleep(SESSION + 2)
    first.resume()
    scene.pause(1, 2)
    scene.world.without("gateway-projector-2")


def late_for_its_poll(scene: Scene) -> None:
    """One batch takes longer than `max_poll_interval_ms`, with a second projector beside it."""
    second = scene.world.another("gateway-projector")
    second.start()
    second.wait_until_ready()
    first = scene.world.members["gateway-projector"]
    first.restart(FAULTS_SLOW="polls")
    time.sleep(POLL_SECONDS + 6)
    first.restart()
    first.wait_until_ready()
    scene.world.without("gateway-projector-2")


def clock_stepped(scene: Scene) -> None:
    """One service lives two days ahead, then two days behind, then is right again."""
    member = scene.world.members["assignment-api"]
    for days in (1, -1):
        member.restart(FAULTS_CLOCK=str(days * _TWO_DAYS))
        member.wait_until_ready()
        scene.pause(2, 3)
    member.restart()
    member.wait_until_ready()


def nothing(_scene: Scene) -> None:
    """The load alone is the case."""


FAULTS = (
    Fault(name="two-relays", strike=two_relays, seconds=18, bounded=True),
    Fault(
        name="relay-paused-past-its-lease",
        strike=relay_paused_past_its_lease,
        seconds=22,
        settles_within=60,
    ),
    Fault(name="readers-rewound", strike=rewound, bounded=True),
    Fault(name="projectors-rebalanced", strike=rebalanced, seconds=20),
    Fault(name="projector-paused", strike=paused_past_the_session, seconds=16),
    Fault(name="projector-late-for-its-poll", strike=late_for_its_poll, seconds=18),
    Fault(
        name="clock-two-days-off",
        strike=clock_stepped,
        hit=frozenset({"assignment", "gateway"}),
        seconds=14,
    ),
    Fault(
        name="sixteen-writers-on-one-stream",
        strike=nothing,
        operations=("rateReadiness",),
        clients=16,
        think=0.0,
        bounded=True,
    ),
)

__all__ = ["EVERYBODY", "FAULTS"]
