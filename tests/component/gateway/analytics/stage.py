"""The analytics role on a real PostgreSQL, with topics in memory and a clock that cases wind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg
from sqlalchemy import Engine, create_engine, make_url

from deploy.local.processes import without_the_master
from libs.eventstore.chain import link
from libs.eventstore.projecting import Projector
from libs.eventstore.recorded import Recorded
from libs.messaging.envelope import topic_of
from libs.process.keys import DEVELOPMENT_MASTER_KEY, derived, master_key
from libs.testing.cast import MASHA, NOW
from libs.testing.databases import Database
from libs.testing.streams import Told, stream
from libs.testing.topics import Topics
from services.gateway.analytics import epochs, role
from services.gateway.settings import AnalyticsSettings

SETTLE = 60
"""Seconds; all cases reckon with it."""

SERVICES = ("care", "assignment", "diary", "review")


@dataclass(frozen=True)
class Published:
    """A record on its way to the analytics topic."""

    key: str
    headers: dict[str, str]
    value: bytes

    @property
    def kind(self) -> str:
        return self.headers["ce_type"].split(".")[-2]

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = orjson.loads(self.value)
        return content

    @property
    def fact(self) -> Any:
        return self.content["fact"]


DERIVED = {
    name.lower(): value for name, value in without_the_master(DEVELOPMENT_MASTER_KEY, 3).items()
}
"""What this role is given of the master key: enough for three epochs."""


def settings(database: Database) -> AnalyticsSettings:
    return AnalyticsSettings.model_validate(
        {
            "database_url": database.url_as("gateway_analytics"),
            **DERIVED,
            "broker_url": "kafka://127.0.0.1:1",
            "analytics_settle_seconds": SETTLE,
        }
    )


@dataclass
class Stage:
    """`seconds` since NOW, and the two loops, whose every step a case may call for."""

    database: Database
    seconds: float = 0.0
    topics: Topics = field(default_factory=Topics)
    engines: list[Engine] = field(default_factory=list)

    def __post_init__(self) -> None:
        for service in SERVICES:
            self.topics.ensure_topic(topic_of(service), partitions=3)
        self.start()

    def start(self) -> None:
        """Or again, as after a crash: nothing is kept but what the database holds."""
        knowing, publishing = self._engine(), self._engine()
        epochs.under_unchanging_consents(publishing)
        by = role.Time(now=self.now, monotonic=lambda: self.seconds, rest=self.wait)
        given = settings(self.database)
        self.knowing = role.knower(given, knowing, self.topics, by)
        self.publishing = role.publisher(given, publishing, self.topics, by)
        self._members: dict[str, Any] = {}

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def tell(self, *facts: Recorded) -> None:
        """In the topic of the service that recorded them."""
        for fact in facts:
            self.topics.tell(topic_of(fact.type.split(".")[1]), [fact])

    def know(self) -> None:
        self._steps("knowing", self.knowing)

    def publish(self) -> None:
        self._steps("publishing", self.publishing)

    def settle(self) -> None:
        """A while passes, in which both loops go on."""
        self.know()
        self.publish()
        self.wait(SETTLE + 5)
        self.know()
        self.publish()

    def _steps(self, name: str, loop: Projector) -> None:
        if name not in self._members:
            self._members[name] = loop._subscribed()
        for _ in range(6):
            self.wait(1.1)
            loop.step(self._members[name])

    def outbox(self) -> list[Published]:
        with psycopg.connect(self.database.url) as superuser:
            rows = superuser.execute(
                "SELECT key, headers::text, value::text FROM gateway.outbox ORDER BY position"
            ).fetchall()
        return [
            Published(key, dict(orjson.loads(headers)), value.encode())
            for key, headers, value in rows
        ]

    def kinds(self) -> list[str]:
        return [each.kind for each in self.outbox()]

    def ask(self, question: str) -> Any:
        with psycopg.connect(self.database.url, autocommit=True) as superuser:
            asked = superuser.execute(question.encode())
            row = asked.fetchone() if asked.description else None
        return row and row[0]

    def rotate(self) -> int:
        return role.rotated(settings(self.database))

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()

    def _engine(self) -> Engine:
        url = make_url(self.database.url_as("gateway_analytics"))
        self.engines.append(create_engine(url.set(drivername="postgresql+psycopg")))
        return self.engines[-1]


# --- What happens in these cases. ---


SERVICE_OF = {
    "relationship": "care",
    "session": "care",
    "consent": "care",
    "erasure": "care",
    "assignment": "assignment",
    "entry": "diary",
    "review": "review",
}


def chain_key(service: str) -> bytes:
    return derived(master_key(DEVELOPMENT_MASTER_KEY), f"chain:{service}")


def told(
    category: str, uuid: UUID, *facts: tuple[float, Told], patient: UUID = MASHA
) -> Sequence[Recorded]:
    """A whole stream; each fact is recorded so many seconds after NOW."""
    service = SERVICE_OF[category]
    named = [(f"interlude.{service}.{name}.v1", data) for _, (name, data) in facts]
    recorded = stream(category, uuid, *named, subject=patient)
    return dated(recorded, [at for at, _ in facts], chain_key(service))


def dated(recorded: Sequence[Recorded], times: Sequence[float], key: bytes) -> Sequence[Recorded]:
    """The same stream, recorded at these seconds after NOW, and chained anew."""
    chain, made = b"", []
    for one, at in zip(recorded, times, strict=True):
        moment = NOW + timedelta(seconds=at)
        moved = replace(one, occurred_at=moment, recorded_at=moment)
        chain = link(key, chain, moved)
        made.append(replace(moved, chain=chain))
    return made


def consent(*times: float, patient: UUID = MASHA) -> Sequence[Recorded]:
    """Given, withdrawn, given again, … at these seconds after NOW."""
    told_in_turn = (("ConsentGiven", _given(patient)), ("ConsentWithdrawn", _withdrawn(patient)))
    facts = [(at, told_in_turn[number % 2]) for number, at in enumerate(times)]
    return told("consent", uuid5(patient, "analytics"), *facts, patient=patient)


def _given(patient: UUID) -> dict[str, Any]:
    return {
        "consent_id": str(uuid5(patient, "analytics")),
        "patient_id": str(patient),
        "scope": "analytics",
        "purpose": "service_evaluation",
        "given_by": "patient",
        "given_at": NOW.isoformat(),
    }


def _withdrawn(patient: UUID) -> dict[str, Any]:
    return {
        "consent_id": str(uuid5(patient, "analytics")),
        "patient_id": str(patient),
        "scope": "analytics",
        "withdrawn_by": "patient",
        "withdrawn_at": NOW.isoformat(),
    }


def completed(quantity: int = 100) -> Told:
    return "OccurrenceCompleted", {
        "occurrence_id": "00000000-0000-7000-8000-000000000901",
        "experienced_at": {"start": NOW.isoformat(), "end": NOW.isoformat()},
        "quantity": quantity,
        "completed_at": NOW.isoformat(),
    }


def homework(done: Mapping[float, int], *, patient: UUID = MASHA) -> Sequence[Recorded]:
    """One assignment's stream: how much was done, by when it was recorded."""
    facts = [(at, completed(quantity)) for at, quantity in done.items()]
    return told("assignment", uuid5(patient, "homework"), *facts, patient=patient)
