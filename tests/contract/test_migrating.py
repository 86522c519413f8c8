"""A service's schema comes to its head once, whoever asks for it and how often."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.eventstore.migrating import head_of, migrate
from libs.process.admin import Readiness
from libs.process.checking import at_head
from libs.testing.asking import ask
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres

SERVICES = ["care", "assignment", "diary", "review"]


@pytest.fixture
def without_tables(own_database: Database) -> Database:
    for schema in ("care", "care_audit"):
        ask(own_database.url, f"DROP SCHEMA {schema} CASCADE")
        ask(own_database.url, f"CREATE SCHEMA {schema} AUTHORIZATION care_owner")
    ask(own_database.url, "GRANT USAGE ON SCHEMA care TO care_app, care_relay")
    return own_database


def is_ready(url: str, service: str) -> bool:
    return not Readiness({"schema": at_head(url, service)}).failing()


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_own_record(database: Database, service: str) -> None:
    tables = ask(
        database.url,
        f"SELECT tablename FROM pg_tables WHERE schemaname = '{service}'",  # noqa: S608 - stands above
    )
    assert {"streams", "events", "outbox", "idempotency", "relay_lease"} <= {
        name for (name,) in tables
    }


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_serves_requests_can_see_that_it_is_at_head(
    database: Database, service: str
) -> None:
    assert head_of(service) is not None
    assert is_ready(database.url_as(f"{service}_app"), service)


def test_an_empty_schema_is_not_at_head(without_tables: Database) -> None:
    assert not is_ready(without_tables.url_as("care_app"), "care")


def test_a_schema_of_other_code_is_not_at_head(own_database: Database) -> None:
    ask(own_database.url, "UPDATE care.alembic_version SET version_num = '9999_of_tomorrow'")
    assert not is_ready(own_database.url_as("care_relay"), "care")


def test_two_who_migrate_at_once_do_it_once(without_tables: Database) -> None:
    url = without_tables.url_as("care_owner")
    with ThreadPoolExecutor() as both:
        for done in [both.submit(migrate, "care", url) for _ in range(2)]:
            done.result()
    assert is_ready(url, "care")
    assert ask(without_tables.url, "SELECT count(*) FROM care.relay_lease") == [(1,)]
