"""What is kept of other services' facts, and how far readers have come: the API sees its caller's
clinic, the reader writes, and the log that they read stays as it was written.
"""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from deploy.local.schemas import SCHEMAS
from libs.eventstore.awaiting import Awaiting
from libs.eventstore.pool import open_pool
from libs.messaging.connect import connect
from libs.testing.asking import ask
from libs.testing.cast import CLINIC, OTHER_CLINIC
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres

SERVICES = ("care", "assignment", "diary", "review")
APIS = {schema: f"{schema}_app" for schema in (*SERVICES, "gateway")}
READERS = {service: f"{service}_follow" for service in SERVICES} | {"gateway": "gateway_projector"}


def with_a_tenant(database: Database) -> Iterator[tuple[str, str, bool]]:
    """Every table that says whose a row is, and whether a wall stands around it."""
    yield from ask(
        database.url,
        "SELECT c.relnamespace::regnamespace::text, c.relname, c.relrowsecurity"
        " AND c.relforcerowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND a.attname = 'tenant_id' AND NOT a.attisdropped",
    )


def test_around_whatever_belongs_to_a_clinic_stands_a_wall(database: Database) -> None:
    open_ones = {(schema, table) for schema, table, walled in with_a_tenant(database) if not walled}
    # Of the analytics role, which alone reaches them and goes through every clinic.
    assert open_ones == {
        ("gateway", f"analytics_{name}") for name in ("consents", "held", "latest")
    }
    for schema, table in open_ones:
        for role in ("gateway_app", "gateway_projector"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask(database.url_as(role), f"SELECT FROM {schema}.{table}")


def arrange(database: Database, schema: str) -> None:
    """Each clinic has a stream of which something was applied."""
    for clinic in (CLINIC, OTHER_CLINIC):
        ask(
            database.url_as(READERS[schema]),
            "INSERT INTO applied (reader, tenant_id, stream_id, version, chain)"  # noqa: S608 - our own ids
            f" VALUES ('test', '{clinic}', 'patient-1', 1, '') ON CONFLICT DO NOTHING",
        )


@pytest.mark.parametrize("schema", APIS)
def test_an_api_sees_its_callers_clinic_only(database: Database, schema: str) -> None:
    arrange(database, schema)
    everything = "SELECT DISTINCT tenant_id FROM applied WHERE reader = 'test'"
    assert ask(database.url_as(APIS[schema]), everything, clinic=CLINIC) == [(CLINIC,)]
    assert {row[0] for row in ask(database.url_as(READERS[schema]), everything)} == {
        CLINIC,
        OTHER_CLINIC,
    }
    with pytest.raises(psycopg.errors.UndefinedObject):
        ask(database.url_as(APIS[schema]), "SELECT FROM applied WHERE reader = 'test'")


@pytest.mark.parametrize("schema", SERVICES)
@pytest.mark.parametrize(
    "table", ["known_people", "known_relationships", "known_sessions", "known_supervisions"]
)
def test_an_api_sees_of_care_what_concerns_its_callers_clinic(
    database: Database, schema: str, table: str
) -> None:
    key = ask(
        database.url,
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a"  # noqa: S608 - names of ours
        " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[1]"
        f" WHERE i.indisprimary AND i.indrelid = '{schema}.{table}'::regclass",
    )[0][0]
    more = ", kind" if table == "known_people" else ""
    for clinic in (CLINIC, OTHER_CLINIC):
        value = ", 'patient'" if more else ""
        ask(
            database.url_as(READERS[schema]),
            f"INSERT INTO {table} (tenant_id, {key}{more}) VALUES ('{clinic}', '{uuid4()}'{value})",  # noqa: S608 - as found above
        )
    count = f"SELECT DISTINCT tenant_id FROM {table}"  # noqa: S608 - as above
    assert ask(database.url_as(APIS[schema]), count, clinic=CLINIC) == [(CLINIC,)]
    assert len(ask(database.url_as(READERS[schema]), count)) == 2


FORBIDDEN = [
    "UPDATE applied SET version = 9",
    "INSERT INTO positions VALUES ('keep', 'topic', 0, 'id', 7)",
    "SELECT FROM parked",
    "DELETE FROM dismissed",
    "INSERT INTO known_people VALUES (gen_random_uuid(), gen_random_uuid(), 'patient')",
    "UPDATE known_relationships SET ended_at = NULL",
    "DELETE FROM known_sessions",
]


@pytest.mark.parametrize("schema", APIS)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_is_known_is_not_written_by_who_answers(
    database: Database, schema: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(database.url_as(APIS[schema]), statement, clinic=CLINIC)


def test_the_gateways_api_has_read_models_and_no_need_of_what_analytics_knows(
    database: Database,
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(database.url_as("gateway_app"), "SELECT FROM known_relationships", clinic=CLINIC)


@pytest.mark.parametrize("schema", APIS)
async def test_whoever_waits_is_told_of_their_own_clinics_streams(
    database: Database, schema: str
) -> None:
    arrange(database, schema)
    pool = await open_pool(database.url_as(APIS[schema]), size=1, durable=False)
    stream = f"patient-{UUID(int=1)}"
    try:
        ask(
            database.url_as(READERS[schema]),
            "INSERT INTO applied (reader, tenant_id, stream_id, version, chain)"  # noqa: S608 - our own ids
            f" VALUES ('test', '{CLINIC}', '{stream}', 3, '')",
        )
        waiting = Awaiting(pool, "test", {"patient"}, monotonic=lambda: 0.0)
        assert await waiting.wait(CLINIC, [(stream, 3)], seconds=0)
        assert not await waiting.wait(CLINIC, [(stream, 4)], seconds=0)
        assert not await waiting.wait(OTHER_CLINIC, [(stream, 3)], seconds=0)
    finally:
        await pool.close()


TOUCHED = [
    "UPDATE log SET value = ''",
    "DELETE FROM log",
    "TRUNCATE log",
    "DELETE FROM topics",
    "UPDATE topics SET retention_ms = 0",
    "DELETE FROM heads",
]


@pytest.mark.parametrize("statement", TOUCHED)
def test_what_was_written_to_the_log_stays(database: Database, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(database.url_as("broker_app"), statement)


def test_records_go_when_their_time_has_passed_and_no_sooner(database: Database) -> None:
    url = database.url_as("broker_app")
    broker = connect(url)
    for topic, retention in (("kept", -1), ("short", 60_000)):
        broker.ensure_topic(topic, partitions=1, retention_ms=retention)
        ask(
            url,
            'INSERT INTO log (topic, partition, "offset", key, headers, value, written_at)'  # noqa: S608 - our own names
            " SELECT id, 0, n, '', '[]', '', now() - n * interval '1 hour'"
            f" FROM topics, generate_series(0, 1) AS n WHERE name = '{topic}'",
        )
        broker.ensure_topic(topic, partitions=1, retention_ms=retention)
    left = ask(
        url, "SELECT name, count(*) FROM log JOIN topics ON id = topic GROUP BY name ORDER BY name"
    )
    assert left == [("kept", 2), ("short", 1)]


def test_every_schema_was_looked_at(database: Database) -> None:
    seen = {schema for schema, _, _ in with_a_tenant(database)}
    assert seen == {schema for schema in SCHEMAS if schema != "broker"}
