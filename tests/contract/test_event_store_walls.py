"""Walls in the database: between clinics, between roles, and around what was recorded."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest

from libs.eventstore.pool import open_pool
from libs.eventstore.postgres import PostgresEventStore
from libs.testing.asking import ask
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database
from libs.testing.event_store_contract import append, new_stream, remember

pytestmark = [pytest.mark.security("database roles"), pytest.mark.postgres]


@pytest.fixture
async def store(database: Database) -> AsyncIterator[PostgresEventStore]:
    pool = await open_pool(database.url_as("care_app"))
    yield PostgresEventStore(pool)
    await pool.close()


FORBIDDEN_TO_APP = [
    "UPDATE events SET data = '{}'",
    "DELETE FROM events",
    "TRUNCATE events",
    "DROP TABLE events",
    "ALTER TABLE events NO FORCE ROW LEVEL SECURITY",
    "SELECT setval(pg_get_serial_sequence('events', 'position'), 1)",
    "SELECT FROM outbox",
    "DELETE FROM outbox",
    "UPDATE idempotency SET answer = ''",
    "DELETE FROM streams",
    "SELECT FROM relay_lease",
    "SELECT purge_idempotency(1)",
    "SELECT FROM diary.events",
]

FORBIDDEN_TO_RELAY = [
    "INSERT INTO outbox VALUES (1)",
    "UPDATE events SET data = '{}'",
    "DELETE FROM events",
    "TRUNCATE outbox",
    "UPDATE streams SET version = 0",
    "UPDATE idempotency SET created_at = now()",
]


@pytest.mark.parametrize(
    ("role", "statement"),
    [("care_app", statement) for statement in FORBIDDEN_TO_APP]
    + [("care_relay", statement) for statement in FORBIDDEN_TO_RELAY],
)
def test_facts_can_be_added_and_nothing_else(database: Database, role: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(database.url_as(role), statement, clinic=CLINIC)


async def test_a_clinic_sees_its_own_rows_whatever_the_query_says(
    store: PostgresEventStore, database: Database
) -> None:
    await store.append([append(new_stream(), 1, key=remember(str(uuid4())))])
    url = database.url_as("care_app")
    for table in ("events", "streams", "idempotency"):
        count = f"SELECT count(*) FROM {table}"  # noqa: S608 - the names stand above
        assert ask(url, count, clinic=CLINIC) != [(0,)]
        assert ask(url, count, clinic=uuid4()) == [(0,)]


def test_nobody_reads_without_saying_for_which_clinic(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedObject):
        ask(database.url_as("care_app"), "SELECT FROM events")


def test_nobody_writes_into_another_clinic(database: Database) -> None:
    theirs = f"INSERT INTO streams VALUES ('{OTHER_CLINIC}', 'homework-1', 1, 0, '', now())"  # noqa: S608 - our own id
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        ask(database.url_as("care_app"), theirs, clinic=CLINIC)


async def test_the_relay_sees_every_clinic_and_what_waits(
    store: PostgresEventStore, database: Database
) -> None:
    ours, theirs = new_stream(), new_stream()
    await store.append([append(ours, 1), append(theirs, 1, 2, at=OTHER_CLINIC)])
    rows = ask(
        database.url_as("care_relay"),
        "SELECT stream_id, version FROM outbox JOIN events USING (position) ORDER BY position",
    )
    assert [row for row in rows if row[0] in {ours, theirs}] == [
        (ours, 1),
        (theirs, 1),
        (theirs, 2),
    ]


async def test_answers_are_kept_for_seven_days(own_database: Database) -> None:
    pool = await open_pool(own_database.url_as("care_app"))
    store = PostgresEventStore(pool)
    for age in ("6 days 23 hours", "7 days 1 hour"):
        await store.append([append(new_stream(), 1, key=remember(age))])
        aged = f"UPDATE care.idempotency SET created_at = now() - interval '{age}'"  # noqa: S608 - our own ages
        ask(own_database.url, f"{aged} WHERE key = '{age}'")
    in_reach = ask(own_database.url_as("care_relay"), "SELECT key FROM idempotency")
    assert in_reach == [("7 days 1 hour",)]
    assert ask(own_database.url_as("care_relay"), "SELECT purge_idempotency(10)") == [(1,)]
    assert ask(own_database.url, "SELECT key FROM care.idempotency") == [("6 days 23 hours",)]
    await pool.close()
