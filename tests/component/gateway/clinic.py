"""A clinic whose services have told their topics everything, and a projector that reads them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import create_engine, make_url

from deploy.local.ports import wait_until
from deploy.local.processes import without_the_master
from libs.eventstore.chain import link
from libs.eventstore.projecting import LIVE, Projection, Projector
from libs.eventstore.recorded import Recorded
from libs.messaging.broker import Message
from libs.messaging.connect import connect
from libs.messaging.envelope import to_message, topic_of
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from libs.process.parts import utc_now
from libs.testing.cast import ANNA
from libs.testing.databases import Database
from libs.testing.streams import stream
from services.gateway.contracts import SERVICES
from services.gateway.projecting import reader_of
from services.gateway.projections.everything import LIVE as LIVE_PROJECTIONS
from services.gateway.settings import RebuildSettings

ROOT = Path(__file__).parents[3]
PARTITIONS = 3
ENOUGH = 60.0
"""Seconds in which anything here happens, on a busy machine."""


@dataclass
class Clinic:
    """`broker` is a BROKER_URL, `prefix` keeps its topics apart; `telling` are the services that
    have a topic yet.
    """

    database: Database
    broker: str
    prefix: str
    telling: Sequence[str] = SERVICES

    def __post_init__(self) -> None:
        with closing(connect(self.broker)) as broker:
            for service in self.telling:
                broker.ensure_topic(topic_of(service, self.prefix), partitions=PARTITIONS)

    @property
    def environment(self) -> Mapping[str, str]:
        """Of whoever is erased care is told, and nobody is there."""
        derived = without_the_master(DEVELOPMENT_MASTER_KEY)
        return {
            "DATABASE_URL": self.database.url_as("gateway_projector"),
            "MIGRATION_DATABASE_URL": self.database.url_as("gateway_owner"),
            "BROKER_URL": self.broker,
            "TOPIC_PREFIX": self.prefix,
            "CARE_URL": "http://127.0.0.1:9",
            "CHAIN_KEYS": derived["CHAIN_KEYS"],
            "PASS_KEYS": derived["PASS_KEYS"],
        }

    @property
    def settings(self) -> RebuildSettings:
        told = {name.lower(): value for name, value in self.environment.items()}
        return RebuildSettings(**told)  # type: ignore[arg-type]  # pydantic reads them as text

    def told(self, *streams: Sequence[Recorded]) -> Sequence[Recorded]:
        """Each stream as its service would have chained it, all published in turn."""
        chained = [one for each in streams for one in self.chained(each)]
        self.publish(self.messages(chained))
        return chained

    def messages(self, facts: Sequence[Recorded]) -> Sequence[Message]:
        return [to_message(one, topic_of(_service(one), self.prefix)) for one in facts]

    def publish(self, messages: Sequence[Message]) -> None:
        with (
            closing(connect(self.broker)) as broker,
            closing(broker.publisher()) as publisher,
        ):
            publisher.publish(messages)

    def chained(self, facts: Sequence[Recorded]) -> Iterator[Recorded]:
        chain = b""
        for fact in facts:
            key = self.settings.key(f"chain:{_service(fact)}")
            chain = link(key, chain, replace(fact, chain=b""))
            yield replace(fact, chain=chain)

    @contextmanager
    def live(self, projections: Sequence[Projection] = LIVE_PROJECTIONS) -> Iterator[Projector]:
        """While inside, a projector runs."""
        url = make_url(self.database.url_as("gateway_projector"))
        engine = create_engine(url.set(drivername="postgresql+psycopg"))
        keys = {
            topic_of(each, self.prefix): self.settings.key(f"chain:{each}") for each in SERVICES
        }
        stop = Event()
        with closing(connect(self.broker)) as broker:
            projector = Projector(
                engine,
                broker,
                reader_of(keys),
                projections,
                group=f"{self.prefix}interlude.gateway.projector",
                now=utc_now,
                monotonic=time.monotonic,
            )
            thread = Thread(target=projector.run, args=[stop])
            thread.start()
            try:
                yield projector
            finally:
                stop.set()
                thread.join(timeout=ENOUGH)
                engine.dispose()

    def command(self, *line: str) -> "subprocess.CompletedProcess[str]":
        """`python -m services.gateway …`, until it ends."""
        return subprocess.run(
            [sys.executable, "-m", "services.gateway", *line],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=ENOUGH,
        )

    def read(self, reader: str = LIVE) -> int:
        """How many records this reader has come past."""
        return int(
            str(self.ask("SELECT coalesce(sum(next), 0) FROM positions WHERE reader = %s", reader))
        )

    def caught_up(self, *, within: float = ENOUGH) -> None:
        with closing(connect(self.broker)) as broker:
            there = sum(broker.ends([topic_of(each, self.prefix) for each in SERVICES]).values())
        eventually(lambda: self.read() == there, within)

    def ask(self, question: str, *arguments: object) -> object:
        """As the superuser, whom nothing stops."""
        with psycopg.connect(self.database.url, autocommit=True) as superuser:
            superuser.execute("SET search_path = gateway")
            answer = superuser.execute(question, arguments or None)
            row = answer.fetchone() if answer.description else None
            return row and row[0]


def _service(recorded: Recorded) -> str:
    return recorded.type.split(".")[1]


def eventually(done: Callable[[], bool], seconds: float = ENOUGH) -> None:
    assert wait_until(done, seconds=seconds)


def sessions(count: int, *, moves: int = 1, patient: UUID | None = None) -> list[list[Recorded]]:
    """So many sessions that were scheduled, and moved so often."""
    return [list(_session(uuid4(), moves, patient or uuid4())) for _ in range(count)]


def _session(session: UUID, moves: int, patient: UUID) -> Sequence[Recorded]:
    when = {"starts_at": "2026-03-05T16:00:00Z", "zone": "Europe/London", "duration_min": 50}
    people = {"session_id": str(session), "patient_id": str(patient), "therapist_id": str(ANNA)}
    moved = [
        ("interlude.care.SessionRescheduled.v1", {**when, "duration_min": 50 + number})
        for number in range(1, moves + 1)
    ]
    scheduled = ("interlude.care.SessionScheduled.v1", {**people, **when})
    return stream("session", session, scheduled, *moved, subject=patient)
