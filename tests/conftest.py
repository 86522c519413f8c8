"""What every test may ask for: a PostgreSQL, a database of its own, a broker, a topic prefix."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from deploy.local import migrations
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, temporary_place
from libs.testing.databases import Database, Server, fresh, template
from libs.testing.processes import shared

# How long an example takes says more about the machine than about the code.
settings.register_profile("interlude", deadline=None)
settings.load_profile("interlude")

pytest_plugins = ["tests.system.fixtures", "tests.system.keycloak_fixtures"]
"""All of Interlude, for whoever asks for it; started once for all who do."""


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path) -> Iterator[Server]:
    """The one of TEST_DATABASE_URL (a superuser's), else one started for this run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield Server(given)
        return
    with shared(run_folder, "postgres", _private_postgres) as url:
        yield Server(url)


@contextmanager
def _private_postgres() -> Iterator[str]:
    folder = temporary_place()
    try:
        server = Postgres(folder=folder, port=free_port())
        with server.running():
            yield server.url()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def database_template(postgres_server: Server) -> Iterator[str]:
    """Roles, schemas and every migration at head."""
    with template(postgres_server, migrations.digest(), _prepared) as name:
        yield name


def _prepared(database: Database) -> None:
    migrations.apply_roles(database.url)
    migrations.migrate_all(database.url_as)


@pytest.fixture(scope="module")
def database(postgres_server: Server, database_template: str) -> Iterator[Database]:
    """One per test module; tests in it keep apart by their own tenant ids."""
    with fresh(postgres_server, database_template) as made:
        yield made


@pytest.fixture
def own_database(postgres_server: Server, database_template: str) -> Iterator[Database]:
    """One per test, for those that count everything or break something."""
    with fresh(postgres_server, database_template) as made:
        yield made


@pytest.fixture(scope="session")
def kafka_broker(run_folder: Path) -> Iterator[str]:
    """The BROKER_URL of a real Apache Kafka: TEST_BROKER_URL's, else one started for this run."""
    if given := os.environ.get("TEST_BROKER_URL"):
        yield given
        return
    with shared(run_folder, "kafka", _private_kafka) as url:
        yield url


@contextmanager
def _private_kafka() -> Iterator[str]:
    folder = temporary_place()
    try:
        with KafkaServer(folder, free_port()) as server:
            yield server.url
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def topic_prefix() -> str:
    """What TOPIC_PREFIX is for this test: nobody else reads or writes under it."""
    return f"t{uuid4().hex[:12]}."
