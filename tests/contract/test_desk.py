"""Two processes that serve the same homework: they may disagree in memory, never in the record."""

from collections.abc import AsyncIterator

import pytest

from libs.eventstore.group_commit import GroupCommit
from libs.eventstore.memory import InMemoryEventStore
from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.eventstore.store import EventStore
from libs.testing.databases import Database
from libs.testing.desk_contract import DeskContract


class TestInMemory(DeskContract):
    @pytest.fixture
    def store(self) -> EventStore:
        return InMemoryEventStore()


@pytest.mark.postgres
class TestOnPostgres(DeskContract):
    @pytest.fixture
    async def store(self, database: Database) -> AsyncIterator[EventStore]:
        pool = await open_pool(database.url_as("care_app"), size=8)
        yield GroupCommit(PostgresEventStore(pool))
        await pool.close()
