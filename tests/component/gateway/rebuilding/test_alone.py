"""One rebuild at a time; of one that was killed nothing is in the way for long."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Timer

import psycopg
import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url

from libs.eventstore import rebuilding
from libs.eventstore.rebuilding import CannotRebuild, alone
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres


@contextmanager
def owner_of(database: Database) -> Iterator[Connection]:
    url = make_url(database.url_as("gateway_owner")).set(drivername="postgresql+psycopg")
    with create_engine(url, poolclass=NullPool).connect() as owner:
        yield owner


def test_a_second_one_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "GONE_WITHIN", "100ms")
    with owner_of(database) as first, owner_of(database) as second:
        with (
            alone(first, "goals"),
            pytest.raises(CannotRebuild, match="goals is being rebuilt or verified already"),
            alone(second, "goals"),
        ):
            pytest.fail("both were alone")
        with alone(first, "notebook"), alone(second, "sessions"):
            pass


def test_who_was_killed_is_waited_for_until_the_server_has_noticed(database: Database) -> None:
    gone = Event()
    killed = psycopg.connect(database.url_as("gateway_owner"), autocommit=True)
    killed.execute("SELECT pg_advisory_lock(hashtextextended('rebuild:goals', 0))")

    def notice() -> None:
        gone.set()
        killed.close()

    Timer(0.3, notice).start()
    with owner_of(database) as next_one, alone(next_one, "goals"):
        assert gone.is_set()
