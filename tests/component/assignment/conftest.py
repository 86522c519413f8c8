"""Assignment for callers, on either store, and for its follower."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.testing.databases import Database
from tests.component.assignment.hearing import Assignments
from tests.component.assignment.homework import Homework
from tests.component.callers import a_store


@pytest.fixture
def homework() -> Homework:
    return Homework(InMemoryEventStore())


@pytest.fixture
async def anywhere(either: Database | None) -> AsyncIterator[Homework]:
    """The story is told on either store."""
    async with a_store(either, "assignment_app") as store:
        yield Homework(store)


@pytest.fixture(scope="module")
def url(database: Database) -> str:
    return database.url_as("assignment_follow")


@pytest.fixture
async def assignments(url: str) -> AsyncIterator[Assignments]:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    pool = await open_pool(url, size=2)
    yield Assignments(engine, PostgresEventStore(pool))
    await pool.close()
    await engine.dispose()
