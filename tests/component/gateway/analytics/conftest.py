"""A stage of its own for every case."""

from collections.abc import Iterator

import pytest

from libs.testing.databases import Database
from tests.component.gateway.analytics.stage import Stage


@pytest.fixture
def stage(own_database: Database) -> Iterator[Stage]:
    stage = Stage(own_database)
    yield stage
    stage.close()
