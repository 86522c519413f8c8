"""The source's story, projected into a database of its own, with a gateway in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from libs.access.departed import TRUSTED_FOR, KnownDepartures
from libs.eventstore.pool import open_pool
from libs.process.admin import Readiness
from libs.testing.audit import MemoryAudit
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring
from libs.testing.web import TOKENS, Following, Ids, Names
from services.gateway.app import create_app
from services.gateway.clients import Clients
from services.gateway.graphql.context import Parts
from services.gateway.graphql.cursors import Cursors
from services.gateway.graphql.schema import Schema, build_schema
from services.gateway.graphql.streams import Streams
from services.gateway.live import Live
from services.gateway.queries.reading import ReadModels
from tests.component.engines import engine_as
from tests.component.gateway.asking import Answers, Asking, Socket
from tests.component.gateway.telling import LATER, PEOPLE, Projecting, Story

CURSOR_KEY = b"cursors-only-for-tests-only-for-"

CONTRACTS = Path(__file__).parent / "contracts"


@pytest.fixture(scope="module")
def story() -> Story:
    return Story(MemoryKeyring())


@pytest.fixture(scope="module")
def project(database: Database) -> Iterator[Projecting]:
    with engine_as("gateway_projector", database) as engine:
        yield Projecting(engine)


@pytest.fixture(scope="module")
def told(project: Projecting, story: Story) -> None:
    """The whole story, projected once."""
    project(*asyncio.run(story.whole()))


@pytest.fixture(scope="session")
def schema() -> Schema:
    return build_schema(CONTRACTS)


@pytest.fixture
def service() -> Answers:
    return Answers()


@pytest.fixture
def following() -> Following:
    return Following()


class Looked:
    """A steady clock, on which nothing is believed that was looked up a moment ago."""

    def __init__(self) -> None:
        self._now = 0.0

    def seconds(self) -> float:
        self._now += TRUSTED_FOR
        return self._now


@pytest.fixture
def looked() -> Looked:
    return Looked()


@pytest.fixture
def audit() -> MemoryAudit:
    return MemoryAudit()


@pytest.fixture
async def parts(  # noqa: PLR0917 - what stands in for all that a gateway has
    database: Database,
    story: Story,
    service: Answers,
    following: Following,
    looked: Looked,
    audit: MemoryAudit,
) -> AsyncIterator[Parts]:
    pool = await open_pool(database.url_as("gateway_app"), size=4)
    client = httpx.AsyncClient(transport=httpx.MockTransport(service), base_url="http://service")
    clients: Clients = {"assignment": client}
    yield Parts(
        identity=Names(PEOPLE),
        departed=KnownDepartures(pool, table="departures", monotonic=looked.seconds),
        models=ReadModels(pool),
        sealer=story.sealer,
        awaiting=following,
        tokens=TOKENS,
        cursors=Cursors(CURSOR_KEY),
        clients=clients,
        live=Live(),
        streams=Streams(),
        audit=audit,
        clock=lambda: LATER,
        new_id=Ids(),
    )
    await client.aclose()
    await pool.close()


@pytest.fixture
def app(schema: Schema, parts: Parts) -> FastAPI:
    return create_app(schema, parts, Readiness())


@pytest.fixture
def ask(app: FastAPI) -> Asking:
    return Asking(app)


@pytest.fixture
def socket(app: FastAPI) -> Callable[[], Socket]:
    return lambda: Socket(app)
