"""Clinics more, beside the demo's, on the Interlude that all system tests share; and the doors of
another one, for strangers to knock at.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache

import httpx
import pytest

from deploy.local.issuer import Issuer, kept_key
from deploy.local.postgres import temporary_place
from deploy.local.var import Var
from libs.access.passes import KIND
from libs.eventstore.pool import open_pool
from libs.process.keys import derived, master_key
from libs.testing.databases import Database, Server, fresh
from libs.testing.keyring import MemoryKeyring, memory_sealer
from tests.component.gateway.asking import Answers
from tests.security import exposed
from tests.security.clinics import Clinics, opened
from tests.security.exposed import ATTACKED, Door, Doors
from tests.security.observed import Observed, Shown, observed
from tests.security.production import Production, gateway
from tests.security.table import TRIED, Tried
from tests.system.fixtures import Running


@pytest.fixture(scope="session")
def issuer(interlude: Running) -> Issuer:
    return Issuer(interlude.run.issuer, "interlude", kept_key(interlude.var / "issuer.pem"))


@pytest.fixture(scope="session")
def clinics(interlude: Running, issuer: Issuer) -> Iterator[Clinics]:
    with httpx.Client(timeout=20) as http:
        master = master_key(Var(interlude.var).master_key())
        yield opened(interlude.run, issuer, http, derived(master, f"{KIND}:gateway"))


@pytest.fixture(scope="session")
def watched() -> Iterator[Observed]:
    """One of its own, for whoever looks at all that it keeps and says."""
    folder = temporary_place()
    folder.chmod(0o711)
    try:
        with observed(folder) as made:
            yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def doors(
    postgres_server: Server, database_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    with (
        fresh(postgres_server, database_template) as database,
        exposed.opened(database, tmp_path_factory.mktemp("exposed")) as doors,
    ):
        yield doors


@pytest.fixture(params=ATTACKED)
def door(request: pytest.FixtureRequest, doors: Doors) -> Door:
    one: Door = doors[request.param]
    return one


@pytest.fixture
async def production(database: Database) -> AsyncIterator[Production]:
    """On tables in which nobody is."""
    pool = await open_pool(database.url_as("gateway_app"), size=4)
    services = Answers(content={"id": None})
    yield Production(gateway(pool, memory_sealer(MemoryKeyring()), services), services)
    await pool.close()


@pytest.fixture(scope="session")
def shown(watched: Observed) -> Shown:
    """What a command shows, run once for whoever looks at it."""
    return cache(watched.operated)


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    return lambda count: record_property(TRIED, count)
