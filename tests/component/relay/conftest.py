"""The store that a relay works for, one per test."""

import pytest

from libs.testing.databases import Database
from tests.component.relay.storing import Store


@pytest.fixture
def store(own_database: Database) -> Store:
    return Store(own_database)
