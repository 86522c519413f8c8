"""A service's schema comes to its head once, whoever asks for it and how often."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.eventstore.migrating import RolesMissing, head_of, migrate, scripts_of
from libs.process.admin import Readiness
from libs.process.checking import at_head
from libs.process.failing import explained
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


@pytest.mark.parametrize("schema", ["care", "care_audit"])
def test_where_a_schema_is_missing_it_says_what_makes_it(
    without_tables: Database, schema: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(without_tables.url, f"DROP SCHEMA {schema} CASCADE")
    with pytest.raises(SystemExit) as ended, explained():
        migrate("care", without_tables.url_as("care_owner"))
    assert ended.value.code == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("roles-missing: ")
    assert "roles.sql" in line


def test_where_a_role_is_missing_too(without_tables: Database, tmp_path: Path) -> None:
    """Roles are the server's, so a migration of tomorrow stands in for one that needs another."""
    scripts = tmp_path / "migrations"
    shutil.copytree(scripts_of("care"), scripts)
    (scripts / "versions" / "9999_of_tomorrow.py").write_text(
        "from alembic import op\n"
        f'revision, down_revision = "9999_of_tomorrow", "{head_of("care")}"\n'
        'def upgrade():\n    op.execute("GRANT SELECT ON events TO somebody_new")\n'
    )
    with pytest.raises(RolesMissing, match='role "somebody_new" does not exist'):
        migrate("care", without_tables.url_as("care_owner"), scripts)


def test_two_who_migrate_at_once_do_it_once(without_tables: Database) -> None:
    url = without_tables.url_as("care_owner")
    with ThreadPoolExecutor() as both:
        for done in [both.submit(migrate, "care", url) for _ in range(2)]:
            done.result()
    assert is_ready(url, "care")
    assert ask(without_tables.url, "SELECT count(*) FROM care.relay_lease") == [(1,)]
