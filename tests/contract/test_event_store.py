"""Both stores keep the same promises; PostgreSQL keeps some that memory cannot make."""

from collections.abc import AsyncIterator

import pytest

from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import EventStore
from libs.testing.databases import Database
from libs.testing.event_store_contract import EventStoreContract


class TestInMemory(EventStoreContract):
    @pytest.fixture
    def store(self) -> EventStore:
        return InMemoryEventStore()


class TestGroupCommitInMemory(EventStoreContract):
    @pytest.fixture
    def store(self) -> EventStore:
        return GroupCommit(InMemoryEventStore())


@pytest.mark.postgres
class TestPostgres(EventStoreContract):
    @pytest.fixture
    async def store(self, database: Database) -> AsyncIterator[EventStore]:
        pool = await open_pool(database.url_as("care_app"), size=8)
        yield PostgresEventStore(pool)
        await pool.close()


@pytest.mark.postgres
class TestGroupCommitOnPostgres(EventStoreContract):
    @pytest.fixture
    async def store(self, database: Database) -> AsyncIterator[EventStore]:
        pool = await open_pool(database.url_as("care_app"), size=8)
        yield GroupCommit(PostgresEventStore(pool))
        await pool.close()
