"""Behind the scenes of a running Interlude, as PostgreSQL's superuser sees it."""

from collections.abc import Mapping
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from deploy.local.ports import wait_until
from deploy.local.run_info import RunInfo
from libs.messaging.connect import connect
from tests.system.topics import SERVICES, TOPICS, Record, read_topics

READERS = (*SERVICES, "gateway")

# Statements here are put together from our own names of schemas and tables.
# ruff: noqa: S608


def rows(database: str, statement: str, *arguments: object) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as superuser:
        return superuser.execute(statement.encode(), arguments).fetchall()


def settle(run: RunInfo) -> None:
    """Returns once all that was told is published, projected and reacted to."""
    broker = connect(run.broker)
    try:
        assert wait_until(lambda: _quiet(run, broker), seconds=30, every=0.2), "it does not settle"
    finally:
        broker.close()


def records_of(run: RunInfo) -> list[Record]:
    """All that is in the topics, once nothing moves."""
    settle(run)
    if run.broker.startswith("kafka"):
        return read_topics(run.broker)
    return _embedded(run.database)


def events_in_stores(database: str) -> list[dict[str, Any]]:
    """Of all services, in the order of recording within each."""
    return rows(
        database,
        " UNION ALL ".join(
            f"""SELECT '{service}' AS service, position, event_id::text AS id, stream_id, version,
                type, tenant_id::text, coalesce(subject_id::text, stream_id) AS key,
                actor_role, data::text AS data, encode(chain, 'hex') AS chain
            FROM {service}.events"""
            for service in SERVICES
        )
        + " ORDER BY service, position",
    )


def parked(database: str) -> list[dict[str, Any]]:
    return rows(database, " UNION ALL ".join(f"SELECT * FROM {each}.parked" for each in READERS))


def _quiet(run: RunInfo, broker: Any) -> bool:
    ends = _ends(broker)
    waiting = " + ".join(f"(SELECT count(*) FROM {each}.outbox)" for each in SERVICES)
    places = " UNION ALL ".join(
        f"SELECT '{each}' AS who, reader, topic, partition, next FROM {each}.positions"
        for each in READERS
    )
    with psycopg.connect(run.database) as superuser:
        superuser.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        (outbox,) = superuser.execute(f"SELECT {waiting}".encode()).fetchone() or (1,)
        found = superuser.execute(places.encode()).fetchall()
    at_end = all(place == ends[topic, number] for _, _, topic, number, place in found)
    return not outbox and bool(found) and at_end and _ends(broker) == ends


def _ends(broker: Any) -> Mapping[tuple[str, int], int]:
    return {(at.topic, at.number): end for at, end in broker.ends(TOPICS).items()}


def _embedded(database: str) -> list[Record]:
    told = rows(
        database,
        """SELECT t.name, l.partition, l."offset", l.key, l.headers, l.value
        FROM broker.log l JOIN broker.topics t ON t.id = l.topic
        WHERE t.name = ANY(%s)
        ORDER BY t.name, l.partition, l."offset" """,
        list(TOPICS),
    )
    return [
        Record(
            each["name"],
            each["partition"],
            each["offset"],
            bytes(each["key"]),
            tuple((name, value.encode("latin-1")) for name, value in orjson.loads(each["headers"])),
            bytes(each["value"]),
        )
        for each in told
    ]
