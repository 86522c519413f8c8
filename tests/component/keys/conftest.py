"""A keyring on PostgreSQL as care has it, and the one of the tests, held to one contract."""

from collections.abc import AsyncIterator
from typing import cast

import asyncpg
import pytest

from libs.privacy.keyring import Keyring
from libs.testing.databases import Database
from libs.testing.keyring import MemoryKeyring
from tests.component.keys.wrapping import keyring_on


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(
        database.url_as("keyring_writer"), min_size=1, max_size=4
    ) as pool:
        yield pool


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def keyring(request: pytest.FixtureRequest) -> Keyring:
    if request.param == "memory":
        return MemoryKeyring()
    return keyring_on(cast("asyncpg.Pool", request.getfixturevalue("pool")))
