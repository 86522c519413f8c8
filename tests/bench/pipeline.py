"""How fast facts travel: the relay's and the projector's events a second, on each broker.

Every round has topics of its own. The role is started on work that already waits, and timed from
the first batch that is done until nothing is left; its start is not counted.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Any

import psycopg

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port, wait_until
from deploy.local.processes import without_the_master
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from tests.bench.filling import FACTS_OF_A_LIFE, filled
from tests.bench.report import Spread
from tests.bench.stage import MASTER, Stage, role

PARTITIONS = 12
PATIENCE = 90.0
"""Seconds until a role that does not come to an end is given up, or longer where there is more to
do than `SLOWEST` events a second."""
SLOWEST = 1000

_EVERY = 0.02
_KNOWN = "UPDATE assignment.relay_lease SET topic_id = %s"
_LEFT = "SELECT count(*) FROM assignment.outbox"
# Of many streams it takes long to say what was applied, and the projector would have to wait.
_READ = "SELECT coalesce(sum(next), 0)::int FROM gateway.positions"
_APPLIED = "SELECT coalesce(sum(version), 0)::int FROM gateway.applied"


def travelled(
    where: Stage, *, rounds: int, events: int, progress: Callable[[str], None]
) -> dict[str, Any]:
    """By broker and role."""
    with brokers(where) as urls:
        outcome: dict[str, Any] = {}
        for name, url in urls.items():
            found: dict[str, list[float]] = {"relay": [], "projector": []}
            for number in range(rounds):
                progress(f"relay and projector on {name}, round {number + 1} of {rounds}")
                _forget_everything(where)
                filled(where, events // FACTS_OF_A_LIFE)
                for each, rate in journey(where, url, f"bench{number}.").items():
                    found[each].append(rate)
            outcome[name] = {each: asdict(Spread.of(rates)) for each, rates in found.items()}
        return outcome


@contextmanager
def brokers(where: Stage) -> Iterator[Mapping[str, str]]:
    """Where each is reached."""
    with KafkaServer(where.folder / "kafka", free_port()) as kafka:
        yield {"embedded": where.database.url_as("broker_app"), "kafka": kafka.url}


def journey(where: Stage, broker_url: str, prefix: str) -> Mapping[str, float]:
    """Of all that is in the outbox, through topics of this prefix into empty read models: events a
    second of each role.
    """
    streams = {"BROKER_URL": broker_url, "TOPIC_PREFIX": prefix}
    topic = topic_of("assignment", prefix)
    with (
        psycopg.connect(where.database.url, autocommit=True) as admin,
        closing(connect(broker_url)) as broker,
    ):
        _empty_the_read_models(admin)
        admin.execute("CHECKPOINT")
        total = _number(admin, _LEFT)
        for service in ("care", "assignment", "diary", "review"):
            broker.ensure_topic(topic_of(service, prefix), partitions=PARTITIONS)
        # A topic that it does not know it would make whole at its start, from the store.
        admin.execute(_KNOWN, [broker.topic_id(topic)])
        with role(
            where,
            "assignment",
            "relay",
            DATABASE_URL=where.database.url_as("assignment_relay"),
            **streams,
        ):
            relay = _rate(lambda: sum(broker.ends([topic]).values()), total)
            _await(lambda: _number(admin, _LEFT) == 0)
        with role(
            where,
            "gateway",
            "projector",
            DATABASE_URL=where.database.url_as("gateway_projector"),
            CHAIN_KEYS=without_the_master(MASTER)["CHAIN_KEYS"],
            **streams,
        ):
            projector = _rate(lambda: _number(admin, _READ), total)
        if (applied := _number(admin, _APPLIED)) != total:
            raise RuntimeError(f"{applied} of {total} events were applied")
    return {"relay": relay, "projector": projector}


def _rate(done: Callable[[], int], total: int) -> float:
    """Events a second, from the first look that saw some done. Where that look saw all of them,
    from the last one that saw none: no more than the true rate.
    """
    deadline = time.monotonic() + max(PATIENCE, total / SLOWEST)
    since: tuple[float, int] | None = None
    while (count := done()) < total:
        now = time.monotonic()
        if now > deadline:
            raise RuntimeError(f"{count} of {total} events were done in time")
        if since is None or since[1] == 0:
            since = now, count
        time.sleep(_EVERY)
    if since is None:
        raise RuntimeError("it was done before anybody looked: take more events")
    return round((total - since[1]) / (time.monotonic() - since[0]), 1)


def _await(done: Callable[[], bool]) -> None:
    if not wait_until(done, seconds=PATIENCE):
        raise RuntimeError("the relay left something in its outbox")


def _forget_everything(where: Stage) -> None:
    with psycopg.connect(where.database.url, autocommit=True) as admin:
        admin.execute("TRUNCATE assignment.events, assignment.outbox, assignment.streams")


def _empty_the_read_models(admin: psycopg.Connection) -> None:
    tables = admin.execute(
        "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
        " WHERE schemaname = 'gateway' AND tablename <> 'alembic_version'"
    ).fetchone()
    assert tables is not None
    admin.execute(f"TRUNCATE {tables[0]}".encode())


def _number(admin: psycopg.Connection, question: str) -> int:
    row = admin.execute(question.encode()).fetchone()
    assert row is not None
    return int(row[0])
