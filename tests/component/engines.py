"""A database as a program in plain SQLAlchemy sees it, in one of its roles."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, make_url

from libs.testing.databases import Database


@contextmanager
def engine_as(role: str, database: Database) -> Iterator[Engine]:
    url = make_url(database.url_as(role)).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
