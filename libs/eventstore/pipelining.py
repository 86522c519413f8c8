"""Many statements of one transaction without a wait between them: while PostgreSQL works on one,
the next is being made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from select import select

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def pipelined(db: Connection) -> Iterator[None]:
    """For statements of which nobody looks at the answer; `db` is psycopg's. One that fails is
    known when the block ends, at the latest, and raised as SQLAlchemy would.
    """
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the only driver that has pipelines
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        lost = driver.closed
        if lost:
            db.invalidate(error)
        raise DBAPIError.instance(
            None,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=db.dialect,
        ) from error


def flushed(db: Connection) -> None:
    """The end of a statement that is longer than the socket holds would wait here for the next one,
    and PostgreSQL for the end.
    """
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - as above
    server = driver.pgconn
    while server.flush():
        readable, _, _ = select([server.socket], [server.socket], [])
        if readable:
            server.consume_input()
