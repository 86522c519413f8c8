"""A reader that stands at the start of two partitions."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine

from libs.eventstore import progress
from libs.eventstore.taking import Reader
from libs.testing.databases import Database
from libs.testing.streams import CHAIN_KEY
from tests.component.engines import engine_as
from tests.component.progress.notes import HERE, THERE, TOPIC


@pytest.fixture(scope="module")
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("review_follow", database) as engine:
        yield engine


@pytest.fixture
def reader() -> Reader:
    """Its own for each test."""
    return Reader(name=f"reader-{uuid4()}", chain_keys={TOPIC: CHAIN_KEY})


@pytest.fixture
def db(engine: Engine, reader: Reader) -> Iterator[Connection]:
    with engine.connect() as db:
        progress.stand(db, reader.name, {HERE: "first", THERE: "first"})
        yield db
        db.rollback()
