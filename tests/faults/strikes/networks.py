"""Links that are slow, are cut, go deaf, or lose one answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from tests.faults.fault import EVERYBODY, SERVICES, Fault, Strike
from tests.faults.links import Link
from tests.faults.member import Member
from tests.faults.scene import Scene

Trouble = Callable[[Link, Scene], None]
_TO_DATABASE = ("DATABASE_URL", "KEYRING_URL")


def slow(link: Link, scene: Scene) -> None:
    link.delay(scene.chance.uniform(0.02, 0.15))
    scene.pause(1.5, 2.5)
    link.heal()


def narrow(link: Link, scene: Scene) -> None:
    link.throttle(40_000)
    scene.pause(1.5, 2.5)
    link.heal()


def cut(link: Link, scene: Scene) -> None:
    link.cut()
    scene.pause(0.5, 2.0)
    link.heal()


def reset(link: Link, scene: Scene) -> None:
    for _ in range(4):
        link.reset()
        scene.pause(0.1, 0.6)


def losing_answers(link: Link, scene: Scene) -> None:
    for _ in range(6):
        link.swallow()
        scene.pause(0.1, 0.5)


def deaf(link: Link, scene: Scene) -> None:
    link.deafen()
    scene.pause(1.0, 3.0)
    link.heal()


ALL: Sequence[Trouble] = (slow, narrow, cut, reset, losing_answers, deaf)


def between(connect: Callable[[Scene, ExitStack], Link], troubles: Sequence[Trouble]) -> Strike:
    """The link is put between before the troubles, and taken out afterwards."""

    def strike(scene: Scene) -> None:
        with ExitStack() as stack:
            link = connect(scene, stack)
            for trouble in troubles:
                trouble(link, scene)
                link.heal()
                scene.pause(0.1, 0.4)

    return strike


def to_postgres(member: str) -> Callable[[Scene, ExitStack], Link]:
    def connected(scene: Scene, stack: ExitStack) -> Link:
        port = scene.world.ground.postgres.port
        link = stack.enter_context(Link(port))
        who = scene.world.members[member]
        also = {
            name: who.settings[name].replace(f":{port}/", f":{link.port}/")
            for name in _TO_DATABASE
            if name in who.settings
        }
        stack.enter_context(_rerouted(who, also))
        return link

    return connected


def to_kafka(member: str) -> Callable[[Scene, ExitStack], Link]:
    """A broker tells its clients where it is, so the detour is made where they connect."""

    def connected(scene: Scene, stack: ExitStack) -> Link:
        port = scene.world.ground.kafka.port
        link = stack.enter_context(Link(port))
        who = scene.world.members[member]
        stack.enter_context(_rerouted(who, {"FAULTS_DETOUR": f"{port}:{link.port}"}))
        return link

    return connected


def to_service(service: str) -> Callable[[Scene, ExitStack], Link]:
    def connected(scene: Scene, stack: ExitStack) -> Link:
        link = stack.enter_context(Link(scene.world.place.ports.api(service)))
        gateway = scene.world.members["gateway-api"]
        also = {f"{service.upper()}_URL": f"http://127.0.0.1:{link.port}"}
        stack.enter_context(_rerouted(gateway, also))
        return link

    return connected


@contextmanager
def _rerouted(member: Member, also: Mapping[str, str]) -> Iterator[None]:
    member.restart(**also)
    member.wait_until_ready()
    yield
    member.restart()
    member.wait_until_ready()


FAULTS = (
    *(
        Fault(
            name=f"link-{service}-postgres",
            strike=between(to_postgres(f"{service}-api"), ALL),
            hit=frozenset({service, "gateway"}),
            seconds=22,
            bounded=service == "assignment",
        )
        for service in ("assignment", "care")
    ),
    Fault(
        name="link-relay-postgres",
        strike=between(to_postgres("assignment-relay"), (cut, reset, deaf)),
        seconds=14,
        settles_within=60,
    ),
    Fault(
        name="link-projector-postgres",
        strike=between(to_postgres("gateway-projector"), (slow, cut, reset, deaf)),
        seconds=16,
        settles_within=60,
    ),
    Fault(
        name="link-relay-kafka",
        strike=between(to_kafka("assignment-relay"), (slow, narrow, cut, reset, losing_answers)),
        seconds=20,
        settles_within=60,
    ),
    Fault(
        name="link-relay-kafka-deaf",
        strike=between(to_kafka("review-relay"), (deaf, cut)),
        seconds=14,
        settles_within=60,
    ),
    Fault(
        name="link-projector-kafka",
        strike=between(to_kafka("gateway-projector"), ALL),
        seconds=20,
        settles_within=60,
    ),
    Fault(
        name="link-follower-kafka",
        strike=between(to_kafka("assignment-follow"), (slow, cut, reset, losing_answers)),
        seconds=18,
        settles_within=60,
    ),
    Fault(
        name="link-gateway-service",
        strike=between(to_service("assignment"), ALL),
        hit=frozenset({"gateway"}),
        seconds=20,
        operations=("rateReadiness", "setGoal", "giveHomework"),
    ),
)

__all__ = ["EVERYBODY", "FAULTS", "SERVICES"]
