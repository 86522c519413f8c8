"""The read models' tables on a real PostgreSQL: as migrated, as projected, and behind the wall."""

from libs.testing.databases import Database
from tests.component.gateway.declared import differences


def test_the_migrations_make_exactly_the_tables_that_projections_write(database: Database) -> None:
    assert differences(database) == []
