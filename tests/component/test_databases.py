"""The template that every test database is copied from: built once, used by all workers at once."""

from uuid import uuid4

import psycopg
import pytest

from libs.testing.databases import Database, Server, fresh, template

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(30)]


class Builder:
    def __init__(self) -> None:
        self.built = 0

    def __call__(self, database: Database) -> None:
        self.built += 1
        with psycopg.connect(database.url) as connection:
            connection.execute("CREATE TABLE made (by_whom text)")


def test_a_second_worker_uses_the_template_while_the_first_still_does(
    postgres_server: Server,
) -> None:
    name, build = uuid4().hex[:16], Builder()
    with template(postgres_server, name, build) as first:
        with template(postgres_server, name, build) as second:
            assert (first, build.built) == (second, 1)
        with fresh(postgres_server, first) as copy, psycopg.connect(copy.url) as connection:
            assert connection.execute("SELECT FROM made").fetchall() == []


def test_a_template_that_nobody_uses_any_more_goes_with_the_next(postgres_server: Server) -> None:
    with template(postgres_server, uuid4().hex[:16], Builder()) as old:
        pass
    with (
        template(postgres_server, uuid4().hex[:16], Builder()),
        psycopg.connect(postgres_server.url) as connection,
    ):
        left = connection.execute("SELECT FROM pg_database WHERE datname = %s", [old]).fetchall()
    assert left == []
