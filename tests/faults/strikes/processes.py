"""Processes that die: anywhere, at a named point, or because they were asked to."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.faults.fault import EVERYBODY, SERVICES, Fault, Strike
from tests.faults.member import Member
from tests.faults.scene import Scene

_APIS = tuple(f"{service}-api" for service in SERVICES)
_RELAYS = tuple(f"{service}-relay" for service in SERVICES)
_FOLLOWERS = tuple(f"{service}-follow" for service in SERVICES)
_ANALYTICS = "gateway-analytics"
_NO_SERVICE: frozenset[str] = frozenset()

POLLS_EVERY = 0.05
"""Seconds between two looks of the load balancer."""


def killed(*names: str) -> Strike:
    """Each in turn, in any order, and back after a moment."""

    def strike(scene: Scene) -> None:
        for member in scene.members(*names):
            scene.pause(0.2, 1.0)
            member.kill()
            scene.probe(member, should=False)
            scene.pause(0.1, 0.8)
            member.start()
            member.wait_until_ready()

    return strike


def dying_at(point: str, *names: str) -> Strike:
    """Each comes once to the named point and no further."""

    def strike(scene: Scene) -> None:
        for member in scene.members(*names):
            with scene.dying_at(member, point):
                scene.pause(0.1, 0.6)
            member.wait_until_ready()

    return strike


def one_after_the_other(*strikes: Strike) -> Strike:
    def strike(scene: Scene) -> None:
        for each in strikes:
            each(scene)

    return strike


def asked_to_stop(*names: str) -> Strike:
    """SIGTERM, behind a load balancer that asks who is ready: no accepted request may fail."""

    def strike(scene: Scene) -> None:
        with balanced(scene):
            for member in scene.members(*names):
                scene.pause(0.2, 0.6)
                if member.terminate() != 0:
                    scene.faulty.append("unclean-exit")
                member.start()
                member.wait_until_ready()

    return strike


@contextmanager
def balanced(scene: Scene) -> Iterator[None]:
    """Requests go only to those that say they are ready, as looked at every 50 ms; once one that
    took the connection drops a request, that is an anomaly.
    """
    apis = {name: scene.world.members[f"{name}-api"] for name in EVERYBODY}
    ready = dict.fromkeys(apis, True)
    stop = threading.Event()

    def look(name: str, member: Member) -> None:
        while not stop.wait(POLLS_EVERY):
            ready[name] = member.told() in {"ready", "degraded"}

    threads = [threading.Thread(target=look, args=each, daemon=True) for each in apis.items()]
    before = time.monotonic() - scene.load.began
    scene.load.serving = ready.__getitem__
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
        scene.load.serving = lambda _service: True
        dropped = [
            attempt
            for command in scene.load.history
            for attempt in command.attempts
            if attempt.began > before and attempt.code == "no-answer"
        ]
        scene.faulty += ["dropped"] * len(dropped)


def _each(names: Sequence[str], point: str | None = None) -> Strike:
    return killed(*names) if point is None else dying_at(point, *names)


FAULTS = (
    *(
        Fault(
            name=f"kill-{service}-api",
            strike=killed(f"{service}-api"),
            hit=frozenset({service, "gateway"}),
            bounded=service == "assignment",
        )
        for service in SERVICES
    ),
    Fault(name="kill-relays", strike=killed(*_RELAYS), seconds=14),
    Fault(name="kill-followers", strike=killed(*_FOLLOWERS), seconds=14),
    Fault(name="kill-projector", strike=killed("gateway-projector")),
    Fault(name="kill-analytics", strike=killed(*[_ANALYTICS] * 2), seconds=16),
    Fault(name="kill-gateway", strike=killed("gateway-api"), hit=frozenset({"gateway"})),
    Fault(
        name="die-after-commit-before-answer",
        strike=dying_at("answering", *_APIS),
        hit=EVERYBODY,
        seconds=16,
        bounded=True,
    ),
    Fault(
        name="die-after-commit-of-a-reaction",
        strike=dying_at("answering", "assignment-follow", "diary-follow"),
        seconds=14,
    ),
    Fault(
        name="die-after-ack-before-outbox-delete",
        strike=dying_at("acknowledged", *_RELAYS),
        seconds=16,
        bounded=True,
    ),
    Fault(
        name="die-after-apply-before-commit",
        strike=dying_at("applied", "gateway-projector", "assignment-follow", "review-follow"),
        seconds=14,
        bounded=True,
    ),
    Fault(
        name="die-after-commit-before-offset",
        strike=dying_at("noted", "gateway-projector", "assignment-follow"),
        seconds=12,
    ),
    Fault(
        name="die-while-deriving",
        strike=one_after_the_other(
            dying_at("acknowledged", _ANALYTICS),
            dying_at("applied", _ANALYTICS),
            dying_at("noted", _ANALYTICS),
        ),
        seconds=24,
    ),
    Fault(name="stop-apis", strike=asked_to_stop(*_APIS), hit=EVERYBODY, seconds=16),
    Fault(name="stop-gateway", strike=asked_to_stop("gateway-api"), hit=frozenset({"gateway"})),
    Fault(name="stop-relays", strike=asked_to_stop(*_RELAYS), seconds=14),
    Fault(name="stop-followers", strike=asked_to_stop(*_FOLLOWERS), seconds=14),
    Fault(name="stop-projector", strike=asked_to_stop("gateway-projector")),
    Fault(
        name="rolling-restart",
        strike=asked_to_stop(*_APIS, "gateway-api", "gateway-projector", *_RELAYS, *_FOLLOWERS),
        hit=EVERYBODY,
        seconds=40,
    ),
)
