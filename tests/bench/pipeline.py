"""How fast facts travel: the relay's and the projector's events a second, on each broker.

Every round has topics of its own. The role is started on work that already waits, and timed from
the first batch that is done until nothing is left; its start is not counted.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

import psycopg

from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from libs.messaging.connect import connect
from libs.messaging.envelope import topic_of
from tests.bench.filling import FACTS_OF_A_LIFE, filled
from tests.bench.report import Spread
from tests.bench.stage import MASTER, Stage, role

PARTITIONS = 12
PATIENCE = 90.0
"""Seconds until a role that does not come to an end is given up."""

_EVERY = 0.02
_LEFT = "SELECT count(*) FROM assignment.outbox"
_APPLIED = "SELECT coalesce(sum(version), 0)::int FROM gateway.applied"


def travelled(
    where: Stage, *, rounds: int, events: int, progress: Callable[[str], None]
) -> dict[str, Any]:
    """By broker and role."""
    with ExitStack() as stack:
        brokers = {
            "embedded": where.database.url_as("broker_app"),
            "kafka": stack.enter_context(_kafka(where)),
        }
        outcome: dict[str, Any] = {}
        for name, url in brokers.items():
            found: dict[str, list[float]] = {"relay": [], "projector": []}
            for number in range(rounds):
                progress(f"relay and projector on {name}, round {number + 1} of {rounds}")
                one = _round(where, url, f"bench{number}.", events)
                for each, rate in one.items():
                    found[each].append(rate)
            outcome[name] = {each: asdict(Spread.of(rates)) for each, rates in found.items()}
        return outcome


def _round(where: Stage, broker_url: str, prefix: str, events: int) -> Mapping[str, float]:
    with psycopg.connect(where.database.url, autocommit=True) as admin:
        _emptied(admin)
        filled(where, events // FACTS_OF_A_LIFE)
        total = _number(admin, _LEFT)
        streams = {"BROKER_URL": broker_url, "TOPIC_PREFIX": prefix}
        _make_topics(broker_url, prefix)
        with role(
            where,
            "assignment",
            "relay",
            DATABASE_URL=where.database.url_as("assignment_relay"),
            **streams,
        ):
            relay = _rate(lambda: total - _number(admin, _LEFT), total)
        with role(
            where,
            "gateway",
            "projector",
            DATABASE_URL=where.database.url_as("gateway_projector"),
            MASTER_KEY=MASTER,
            **streams,
        ):
            projector = _rate(lambda: _number(admin, _APPLIED), total)
    return {"relay": relay, "projector": projector}


def _rate(done: Callable[[], int], total: int) -> float:
    """Events a second, from the first look that saw some done."""
    deadline = time.monotonic() + PATIENCE
    first: tuple[float, int] | None = None
    while (count := done()) < total:
        now = time.monotonic()
        if now > deadline:
            raise RuntimeError(f"{count} of {total} events were done in {PATIENCE:.0f} s")
        if first is None and count > 0:
            first = now, count
        time.sleep(_EVERY)
    if first is None:
        raise RuntimeError("it was done before anybody looked: take more events")
    return round((total - first[1]) / (time.monotonic() - first[0]), 1)


def _emptied(admin: psycopg.Connection) -> None:
    """Read models, progress and what was recorded: every round begins alike."""
    tables = admin.execute(
        "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
        " WHERE schemaname = 'gateway' AND tablename <> 'alembic_version'"
        " OR schemaname = 'assignment' AND tablename IN ('events', 'outbox', 'streams')"
    ).fetchone()
    assert tables is not None
    admin.execute(f"TRUNCATE {tables[0]}".encode())


def _make_topics(broker_url: str, prefix: str) -> None:
    broker = connect(broker_url)
    try:
        for service in ("care", "assignment", "diary", "review"):
            broker.ensure_topic(topic_of(service, prefix), partitions=PARTITIONS)
    finally:
        broker.close()


def _number(admin: psycopg.Connection, question: str) -> int:
    row = admin.execute(question.encode()).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def _kafka(where: Stage) -> Iterator[str]:
    with KafkaServer(where.folder / "kafka", free_port()) as kafka:
        yield kafka.url
