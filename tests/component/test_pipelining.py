"""Statements that nobody waits for fail as loudly as those that somebody does."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError

from libs.eventstore.pipelining import pipelined
from libs.eventstore.trouble import lies_in_the_record, passes
from libs.testing.databases import Database
from tests.component.engines import engine_as

pytestmark = pytest.mark.postgres

PARK = text("""
INSERT INTO parked (reader, topic, partition, topic_id, "offset", code, since, tries)
VALUES (:reader, 't', 0, 'id', :offset, 'waits', now(), 1)
""")


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    with engine_as("review_follow", database) as engine:
        yield engine


def test_what_was_sent_is_there_afterwards(engine: Engine) -> None:
    with engine.connect() as db:
        with pipelined(db):
            for offset in range(3):
                db.execute(PARK, {"reader": "pipelined", "offset": offset})
        found = db.execute(text("SELECT count(*) FROM parked WHERE reader = 'pipelined'"))
        assert found.scalar_one() == 3


@pytest.mark.parametrize(
    ("statement", "raised", "in_the_record"),
    [
        ("INSERT INTO parked (partition) VALUES ('much')", DataError, True),
        ("INSERT INTO nowhere VALUES (1)", ProgrammingError, False),
    ],
)
def test_a_statement_that_fails_is_raised_when_the_block_ends(
    engine: Engine, statement: str, raised: type[Exception], *, in_the_record: bool
) -> None:
    with engine.connect() as db:
        with pytest.raises(raised) as error, pipelined(db):
            db.execute(text(statement))
        assert lies_in_the_record(error.value) is in_the_record
        db.rollback()
        assert db.execute(text("SELECT 1")).scalar_one() == 1


def _break_in_the_middle(db: Connection, database: Database) -> None:
    pid = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with pipelined(db), psycopg.connect(database.url, autocommit=True) as superuser:
        db.execute(PARK, {"reader": "pipelined", "offset": 0})
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_a_connection_that_breaks_is_not_used_again(engine: Engine, database: Database) -> None:
    with engine.connect() as db:
        with pytest.raises(OperationalError) as error:
            _break_in_the_middle(db, database)
        assert passes(error.value)
        assert db.invalidated
    with engine.connect() as db:
        assert db.execute(text("SELECT 1")).scalar_one() == 1
