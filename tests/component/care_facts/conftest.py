"""What a service has kept of care, and whoever asks for it."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from libs.access.known_care import KnownCare
from libs.eventstore.pool import Pool, open_pool
from libs.testing.databases import Database
from tests.component.care_facts.watch import Watch
from tests.component.engines import engine_as


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("review_follow", database) as engine:
        yield engine


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await open_pool(database.url_as("review_app"), size=2, durable=False)
    yield pool
    await pool.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def known(pool: Pool, watch: Watch) -> KnownCare:
    return KnownCare(pool, monotonic=watch, clock=watch.time_of_day)


@pytest.fixture
def tenant() -> UUID:
    """A clinic of the test's own."""
    return uuid4()
