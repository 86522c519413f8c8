"""A clinic in which Anna treats Masha and Lev, and both have written something down."""

from collections.abc import AsyncIterator

import pytest

from libs.testing.databases import Database
from tests.component.erasing.treatment import begun
from tests.component.erasing.world import World, living


@pytest.fixture
async def world(own_database: Database) -> AsyncIterator[World]:
    async with living(own_database) as world:
        await begun(world)
        yield world
