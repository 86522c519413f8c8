"""Cases that are told twice: on a store in memory, and on PostgreSQL."""

import pytest

from libs.testing.databases import Database


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Database | None:
    """A database of the case's own, and once none: then its store is in memory."""
    if request.param == "memory":
        return None
    database: Database = request.getfixturevalue("own_database")
    return database
