"""Everything there is to see once all is quiet: stores, topics, read models, logs."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import psycopg
from kafka import KafkaConsumer
from psycopg.rows import dict_row

from libs.messaging.connect import connect
from libs.process.keys import derived, master_key
from tests.faults.clinic import CANARY
from tests.faults.observed import Observed, Stored
from tests.faults.scene import Scene
from tests.faults.world import MASTER, SERVICES, World
from tests.system import topics
from tests.system.topics import Record

# Statements here are put together from our own names of schemas and tables.
# ruff: noqa: S608

READERS = (*SERVICES, "gateway")
_AWAITED = ("keep", "react", "live", "analytics", "analytics-knowing")
"""Of the readers those that must come to the ends of their topics."""

_NOT_A_MODEL = {"alembic_version", "applied", "positions", "parked", "dismissed"}
_OF_THE_STORE = {"events", "streams", "outbox", "idempotency", "relay_lease"}
_EVENTS = """
SELECT position, event_id::text, tenant_id::text, stream_id, version, type, subject_id::text,
  coalesce(subject_id::text, stream_id) AS key, actor_id::text, actor_role, on_behalf_of::text,
  correlation_id::text, causation_id::text, traceparent, occurred_at, zone, recorded_at,
  convert_to(data::text, 'UTF8') AS data, encode(chain, 'hex') AS chain
FROM {}.events ORDER BY position
"""


def quiet(world: World, seconds: float) -> bool:
    """Whether everything told was published, read and reacted to within so many seconds."""
    until = time.monotonic() + seconds
    broker = connect(world.broker)
    still = 0
    try:
        while time.monotonic() < until:
            still = still + 1 if _at_rest(world, broker) else 0
            if still > 1:
                return True
            time.sleep(0.15)
    finally:
        broker.close()
    return False


def _at_rest(world: World, broker: Any) -> bool:
    names = [world.topic(service) for service in SERVICES]
    ends = {(at.topic, at.number): end for at, end in broker.ends(names).items()}
    waiting = " + ".join(f"(SELECT count(*) FROM {each}.outbox)" for each in READERS)
    places = " UNION ALL ".join(
        f"SELECT '{each}' AS who, reader, topic, partition, next FROM {each}.positions"
        f" WHERE reader = ANY(%s)"
        for each in READERS
    )
    due = " + ".join(
        f"(SELECT count(*) FROM {each}.parked WHERE retry_at IS NOT NULL)" for each in READERS
    )
    with psycopg.connect(world.database.url) as superuser:
        row = superuser.execute(f"SELECT {waiting}, {due}".encode()).fetchone()
        found = superuser.execute(places.encode(), [list(_AWAITED)] * len(READERS)).fetchall()
    at_end = all(place == ends.get((topic, number)) for _, _, topic, number, place in found)
    return row == (0, 0) and at_end and bool(found)


def observed(scene: Scene, *, late: bool, within: float, logs_from: Mapping[str, int]) -> Observed:
    """`late` says that it did not come to rest within so many seconds."""
    world, load = scene.world, scene.load
    with psycopg.connect(world.database.url, row_factory=dict_row) as superuser:
        superuser.execute("SET timezone = 'UTC'")
        seen = _Database(superuser, _tables(superuser))
        records = _records(world, SERVICES)
        lying = _records(world, ["analytics"])
        return Observed(
            history=load.history,
            stored=seen.stored(),
            heads=seen.heads(),
            waiting=seen.waiting(),
            records=records,
            planted=frozenset(scene.planted),
            models=seen.models(),
            applied=seen.applied(),
            parked=[_unprefixed(row, world) for row in seen.parked()],
            expected_parked=frozenset(scene.parked),
            texts=[
                *_logs(world, logs_from),
                *(("answer", body) for body in load.bodies),
                *(
                    (f"record {each.topic}/{each.offset}", _text(each))
                    for each in [*records, *lying]
                ),
            ],
            canaries=[CANARY],
            visible=[("all", float("inf") if late else 0.0)],
            visible_within=within,
            probes=scene.probes,
            chain_keys={each: derived(master_key(MASTER), f"chain:{each}") for each in SERVICES},
            derived=lying,
            analytics_keys=seen.analytics_keys(),
            lost_before=scene.lost_before,
        )


class _Database:
    def __init__(self, superuser: "psycopg.Connection[Any]", tables: Sequence[str]) -> None:
        self._superuser = superuser
        self._tables = tables

    def stored(self) -> list[Stored]:
        return [
            Stored(service=service, **row)
            for service in SERVICES
            for row in self._all(_EVENTS.format(service))
        ]

    def heads(self) -> Mapping[str, Mapping[tuple[str, str], tuple[int, str]]]:
        return {
            service: {
                (str(row["tenant_id"]), row["stream_id"]): (row["version"], row["head"].hex())
                for row in self._all(f"SELECT * FROM {service}.streams WHERE version > 0")
            }
            for service in SERVICES
        }

    def waiting(self) -> Mapping[str, int]:
        return {
            service: len(self._all(f"SELECT position FROM {service}.outbox")) for service in READERS
        }

    def analytics_keys(self) -> Mapping[str, bytes]:
        rows = self._all("SELECT number FROM gateway.analytics_epochs")
        epochs = [row["number"] for row in rows]
        return {str(each): derived(master_key(MASTER), f"analytics:{each}") for each in epochs}

    def models(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {
            name.removeprefix("gateway."): self._all(f"SELECT * FROM {name}")
            for name in self._tables
        }

    def applied(self) -> Mapping[str, Mapping[tuple[str, str], int]]:
        found: dict[str, dict[tuple[str, str], int]] = {}
        for reader in READERS:
            for row in self._all(f"SELECT * FROM {reader}.applied"):
                of = found.setdefault(f"{reader}/{row['reader']}", {})
                of[str(row["tenant_id"]), row["stream_id"]] = row["version"]
        return found

    def parked(self) -> list[dict[str, Any]]:
        return [
            {"service": each, **row}
            for each in READERS
            for row in self._all(f"SELECT * FROM {each}.parked")
        ]

    def _all(self, statement: str) -> list[dict[str, Any]]:
        return list(self._superuser.execute(statement.encode()))


def _tables(superuser: "psycopg.Connection[Any]") -> list[str]:
    rows = superuser.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [list(READERS)]
    )
    found = [(row["schemaname"], row["tablename"]) for row in rows]
    return sorted(
        f"{schema}.{table}" for schema, table in found if table not in _NOT_A_MODEL | _OF_THE_STORE
    )


def _records(world: World, of: Sequence[str]) -> list[Record]:
    """Of these topics from offset 0, under their usual names."""
    prefix = world.place.topic_prefix
    servers = [f"127.0.0.1:{world.ground.kafka.port}"]
    consumer = KafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    try:
        return [
            Record(
                each.topic.removeprefix(prefix),
                each.partition,
                each.offset,
                each.key,
                each.raw,
                each.value,
            )
            for service in of
            if consumer.partitions_for_topic(world.topic(service))
            for each in topics.read_topic(consumer, world.topic(service))
        ]
    finally:
        consumer.close()


def _unprefixed(row: dict[str, Any], world: World) -> dict[str, Any]:
    return {**row, "topic": row["topic"].removeprefix(world.place.topic_prefix)}


def _text(record: Record) -> str:
    headers = b" ".join(value or b"" for _, value in record.raw)
    return b" ".join((record.key or b"", headers, record.value or b"")).decode("utf-8", "replace")


def lengths(world: World) -> Mapping[str, int]:
    """Of the logs so far."""
    return {str(log): log.stat().st_size for log in world.folder.glob("*.log")}


def _logs(world: World, since: Mapping[str, int]) -> list[tuple[str, str]]:
    found = []
    for log in sorted(world.folder.glob("*.log")):
        with log.open("rb") as file:
            file.seek(since.get(str(log), 0))
            found.append((log.name, file.read().decode("utf-8", "replace")))
    return found


_BUG = re.compile(r'"event": "bug"')


def bugs_in(logs: Sequence[Path], said: Callable[[str], None]) -> None:
    """What processes themselves call a bug, for whoever looks into a finding."""
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            if _BUG.search(line):
                told = orjson.loads(line)
                said(f"{log.stem}: {told.get('error')} at {told.get('at')}")
