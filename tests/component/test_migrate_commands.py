"""The commands that docker-compose.yml migrates with, on a real database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import yaml

from deploy.local.schemas import ROOT, apply_roles
from libs.testing.databases import Database, Server, fresh

pytestmark = pytest.mark.postgres

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
MIGRATIONS = sorted(name for name in SERVICES if name.startswith("migrate-"))


@pytest.fixture(scope="module")
def empty(postgres_server: Server) -> Iterator[Database]:
    """Roles and schemas, and no table yet."""
    with fresh(postgres_server, "template1") as made:
        apply_roles(made.url)
        yield made


def migrated(name: str, database: Database) -> subprocess.CompletedProcess[str]:
    schema = name.removeprefix("migrate-")
    return subprocess.run(
        [sys.executable, *SERVICES[name]["command"][1:]],
        cwd=ROOT,
        env={**os.environ, "MIGRATION_DATABASE_URL": database.url_as(f"{schema}_owner")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", MIGRATIONS)
def test_a_container_makes_its_schema_and_may_do_so_again(name: str, empty: Database) -> None:
    for _ in range(2):
        done = migrated(name, empty)
        assert done.returncode == 0, done.stderr
    with psycopg.connect(empty.url) as superuser:
        made = superuser.execute(
            "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = %s AND tableowner = %s",
            [name.removeprefix("migrate-"), f"{name.removeprefix('migrate-')}_owner"],
        ).fetchone()
    assert made == (True,)


def test_without_an_address_it_says_so() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.migrate", "keyring"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "DATABASE" not in name},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "MIGRATION_DATABASE_URL is missing.\n"
