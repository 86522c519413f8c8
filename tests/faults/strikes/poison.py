"""Records that nobody of ours wrote, or that a handler cannot take."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import psycopg
from kafka import KafkaProducer

from libs.messaging import outbox
from tests.faults.fault import Fault
from tests.faults.scene import Scene
from tests.faults.slowness import MENDED

Headers = list[tuple[str, bytes]]
Record = tuple[bytes | None, bytes | None, Headers]


def strangers(scene: Scene) -> None:
    """Onto every topic, amid the load: what cannot be read is parked by its place, what does not
    fit its chain too; nobody else notices.
    """
    producer = KafkaProducer(bootstrap_servers=[f"127.0.0.1:{scene.world.ground.kafka.port}"])
    try:
        for service in ("assignment", "review"):
            for key, value, headers in _poisons(scene, service):
                sent = producer.send(
                    scene.world.topic(service), key=key, value=value, headers=headers
                ).get(10)
                topic = sent.topic.removeprefix(scene.world.place.topic_prefix)
                place = (topic, sent.partition, sent.offset)
                scene.planted.add(place)
                scene.parked.add(place)
                scene.pause(0.05, 0.3)
    finally:
        producer.close()


def _poisons(scene: Scene, service: str) -> Sequence[Record]:
    """`genuine` is a record of ours that is looked at for its form."""
    key, value, headers = _genuine(scene, service)
    named = dict(headers)
    beyond = int(named["ce_sequence"]) + 1
    fresh: dict[str, bytes] = {
        **named,
        "ce_id": str(uuid4()).encode(),
        "ce_subject": f"assignment-{uuid4()}".encode(),
        "ce_sequence": b"1",
    }
    kind = named["ce_type"].decode()

    def with_(**changes: bytes) -> Headers:
        return list({**fresh, **changes}.items())

    oversize = b'{"text": "' + b"x" * 300_000 + b'"}'
    return [
        (key, b'{"bad json', with_()),
        (key, None, with_()),
        (None, value, with_()),
        (key, value, []),
        (key, value, with_(ce_type=kind.replace(".v1", ".v99").encode())),
        (key, value, with_(ce_type=f"interlude.{service}.NobodyKnows.v1".encode())),
        (key, oversize, with_()),
        (key, value, with_(ce_tenantid=str(uuid4()).encode())),
        (key, value, with_()),
        (
            key,
            value,
            list({**named, "ce_sequence": str(beyond).encode(), "ce_id": fresh["ce_id"]}.items()),
        ),
        (key, value, with_(ce_chain=b"00")),
        (b"\xff\xfe", b"\x00\x01", [("ce_type", b"\xff"), ("nobody", b"")]),
    ]


def _genuine(scene: Scene, service: str) -> Record:
    with psycopg.connect(scene.world.database.url) as superuser:
        outbox.exactly(superuser)
        superuser.execute(f"SET search_path = {service}".encode())
        with superuser.cursor(binary=True) as cursor:
            row: Any = cursor.execute(
                f"SELECT {outbox.ENVELOPE} FROM events ORDER BY position DESC LIMIT 1".encode()  # noqa: S608 - our own columns
            ).fetchone()
    made = outbox.message(scene.world.topic(service), row)
    return made.key, made.value, list(made.headers)


def failing_handler(scene: Scene) -> None:
    """The projector's handler of one kind fails; those streams wait, in order, until it is mended
    and an operator says `retry`.
    """
    projector = scene.world.members["gateway-projector"]
    projector.restart(FAULTS_SLOW="fails")
    projector.wait_until_ready()
    scene.pause(4, 6)
    if projector.told() != "degraded":
        scene.faulty.append("false-ready")
    (scene.world.folder / MENDED).touch()
    retry = scene.world.operate(
        "gateway",
        "projector",
        "retry",
        DATABASE_URL=scene.world.place.url_as("gateway_projector"),
    )
    if retry.returncode != 0:
        scene.faulty.append("retry-failed")


FAULTS = (
    Fault(name="poison", strike=strangers, alone=True, seconds=12, bounded=True),
    Fault(
        name="failing-handler",
        strike=failing_handler,
        alone=True,
        seconds=12,
        operations=("givePraise", "openReview", "rateReadiness", "recordWorkDone"),
    ),
)
