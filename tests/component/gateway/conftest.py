"""The source's story as the services' own examples tell it, projected into a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, make_url

from libs.access.principal import Principal
from libs.eventstore.aggregate import Aggregate
from libs.eventstore.pool import open_pool
from libs.eventstore.recorded import Recorded
from libs.privacy.sealer import KeyringSealer
from libs.process.admin import Readiness
from libs.testing.cast import ANNA, BORIS, CLINIC, LEV, MASHA, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring, memory_sealer
from libs.testing.streams import stream
from libs.testing.web import Following, Ids, Names
from services.assignment import wire as assignment_wire
from services.assignment.examples import FACTS as ASSIGNMENT_FACTS
from services.assignment.examples import FIRST, GOAL
from services.care import wire as care_wire
from services.care.examples import FACTS as CARE_FACTS
from services.care.examples import RELATIONSHIP, SESSION
from services.diary import wire as diary_wire
from services.diary.examples import ENTRY
from services.diary.examples import FACTS as DIARY_FACTS
from services.gateway.app import create_app
from services.gateway.clients import Clients
from services.gateway.graphql.context import Parts
from services.gateway.graphql.schema import Schema, build_schema
from services.gateway.live import Live
from services.gateway.projections.everything import LIVE
from services.gateway.queries.reading import ReadModels
from services.review import wire as review_wire
from services.review.examples import FACTS as REVIEW_FACTS
from services.review.examples import REVIEW

ASSIGNMENT = UUID(FIRST)
NEXT_SESSION = UUID("00000000-0000-7000-8000-0000000000e2")
LATER = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
EXPIRES = datetime(2199, 1, 1, tzinfo=UTC).timestamp()
CONTRACTS = Path(__file__).parent / "contracts"


def _person(person: UUID, *roles: Any, tenant: UUID = CLINIC) -> Principal:
    return Principal(tenant_id=tenant, person_id=person, roles=frozenset(roles), expires_at=EXPIRES)


PEOPLE = {
    "anna": _person(ANNA, "therapist"),
    "boris": _person(BORIS, "therapist"),
    "masha": _person(MASHA, "patient"),
    "lev": _person(LEV, "patient"),
    "stranger": _person(ANNA, "therapist", tenant=OTHER_CLINIC),
    "admin": _person(UUID(int=6), "clinic_admin"),
    "analyst": _person(UUID(int=7), "analyst"),
}


class Story:
    """Facts as they come from the topics, sealed as they were when they were recorded."""

    def __init__(self, keyring: MemoryKeyring) -> None:
        self.sealer: KeyringSealer = memory_sealer(keyring)
        self._keyring = keyring

    async def told(
        self, aggregate: Aggregate[Any, Any, Any], uuid: UUID, facts: Sequence[Any], subject: Any
    ) -> Sequence[Recorded]:
        if subject is not None:
            await self._keyring.create_subject(CLINIC, subject)
        told = []
        for version, fact in enumerate(facts, 1):
            name, data = aggregate.wire.to_wire(fact)
            await self.sealer.seal(
                data,
                aggregate.wire.private(name),
                tenant_id=CLINIC,
                subject_id=subject,
                event_id=uuid5(uuid, f"{CLINIC}/{aggregate.category}/{version}"),
                key_class=aggregate.wire.key_class(fact),
            )
            told.append((name, data))
        return stream(aggregate.category, uuid, *told, subject=subject)

    async def whole(self) -> Sequence[Sequence[Recorded]]:
        """Every stream of the examples, one after the other."""
        clinic, therapist, patient, began, *session = CARE_FACTS
        goal, *homework = ASSIGNMENT_FACTS
        entry, filed = DIARY_FACTS
        next_session = care_wire.session.SessionScheduled(
            session_id=NEXT_SESSION,
            patient_id=MASHA,
            therapist_id=ANNA,
            starts_at=datetime(2026, 3, 5, 16, tzinfo=UTC),
            zone="Europe/London",
            duration_min=50,
        )
        return [
            await self.told(care_wire.clinics, CLINIC, [clinic], None),
            await self.told(care_wire.therapists, ANNA, [therapist], ANNA),
            await self.told(care_wire.patients, MASHA, [patient], MASHA),
            await self.told(care_wire.relationships, RELATIONSHIP, [began], MASHA),
            await self.told(care_wire.sessions, SESSION, session, MASHA),
            await self.told(care_wire.sessions, NEXT_SESSION, [next_session], MASHA),
            await self.told(assignment_wire.goals, UUID(GOAL), [goal], MASHA),
            await self.told(assignment_wire.assignments, ASSIGNMENT, homework, MASHA),
            await self.told(diary_wire.entries, ENTRY, [entry], MASHA),
            await self.told(diary_wire.notebooks, MASHA, [filed], MASHA),
            await self.told(review_wire.reviews, REVIEW, REVIEW_FACTS, MASHA),
        ]


@dataclass
class Projecting:
    """What the projector does with a batch, without its topics."""

    engine: Engine

    def __call__(self, *streams: Sequence[Recorded]) -> None:
        with self.engine.begin() as db:
            for projection in LIVE:
                projection.project(db, [recorded for one in streams for recorded in one])


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(MemoryKeyring())


@pytest.fixture(scope="module")
def project(database: Database) -> Iterator[Projecting]:
    url = make_url(database.url_as("gateway_projector")).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    yield Projecting(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def told(project: Projecting, story: Story) -> None:
    """The whole story, projected once."""
    project(*asyncio.run(story.whole()))


@pytest.fixture(scope="session")
def schema() -> Schema:
    return build_schema(CONTRACTS)


@dataclass
class Answers:
    """A service that answers every command alike, and remembers what it was sent."""

    status: int = 201
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)
    broken: bool = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.broken:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(self.status, content=orjson.dumps(self.content), headers=self.headers)


@pytest.fixture
def service() -> Answers:
    return Answers()


@pytest.fixture
def following() -> Following:
    return Following()


@pytest.fixture
async def parts(
    database: Database, story: Story, service: Answers, following: Following
) -> AsyncIterator[Parts]:
    pool = await open_pool(database.url_as("gateway_app"), size=4)
    client = httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://service")
    clients: Clients = {"assignment": client}
    yield Parts(
        identity=Names(PEOPLE),
        models=ReadModels(pool),
        sealer=story.sealer,
        awaiting=following,
        clients=clients,
        live=Live(),
        clock=lambda: LATER,
        new_id=Ids(),
    )
    await client.aclose()
    await pool.close()


@pytest.fixture
def app(schema: Schema, parts: Parts) -> FastAPI:
    return create_app(schema, parts, Readiness())


class Asking:
    """Somebody of the cast with a GraphQL client."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def post(self, who: str | None, content: bytes, **headers: str) -> httpx.Response:
        told = {"Content-Type": "application/json", **headers}
        if who is not None:
            told["Authorization"] = f"Bearer {who}"
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/graphql", content=content, headers=told)

    async def __call__(self, who: str | None, query: str, **variables: Any) -> Any:
        body = orjson.dumps({"query": query, "variables": variables})
        return orjson.loads((await self.post(who, body)).content)


@pytest.fixture
def ask(app: FastAPI) -> Asking:
    return Asking(app)
