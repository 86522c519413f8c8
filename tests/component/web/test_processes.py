"""A process starts with what it needs, says what is wrong, and stops without losing a request."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import free_port
from deploy.local.processes import without_the_master
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from libs.testing.databases import Database

ROOT = Path(__file__).parents[3]
SERVICES = ("care", "assignment", "diary", "review")
CHAIN_KEYS = without_the_master(DEVELOPMENT_MASTER_KEY)["CHAIN_KEYS"]
ROLES = ("api", "relay", "follow", "migrate", "republish", "store verify")


def environment(**settings: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings}


def ended(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def running(*arguments: str, settings: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def soon(url: str, seconds: float = 30.0) -> httpx.Response:
    until = time.monotonic() + seconds
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("service", SERVICES)
def test_help_names_every_role_and_what_it_is_for(service: str) -> None:
    shown = ended("-m", f"services.{service}", "--help").stdout
    for role in ROLES:
        assert f"  {role.split()[0]}  " in shown
    told = ended("-m", f"services.{service}", "relay", "--help").stdout
    assert "DATABASE_URL" in told


@pytest.mark.parametrize("service", SERVICES)
def test_roles_without_http_load_no_web_framework(service: str) -> None:
    heavy = {"fastapi", "starlette", "strawberry", "kafka", "sqlalchemy", "alembic"}
    code = f"import sys, services.{service}.__main__; print({heavy} & sys.modules.keys())"
    assert ended("-c", code).stdout.strip() == "set()"


@pytest.mark.parametrize("role", ROLES)
def test_a_process_without_settings_says_which_and_stops(role: str) -> None:
    outcome = ended("-m", "services.care", *role.split())
    assert outcome.returncode == 2
    assert "DATABASE_URL is missing." in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_database_that_is_not_there_is_one_line() -> None:
    nowhere = f"postgresql://care_relay@127.0.0.1:{free_port()}/interlude"
    outcome = ended(
        "-m",
        "services.care",
        "store",
        "verify",
        "--store-only",
        DATABASE_URL=nowhere,
        CHAIN_KEYS=CHAIN_KEYS,
    )
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert "DATABASE_URL" in outcome.stderr


@pytest.fixture
def slow_service() -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    with running("tests/component/web/slow_service.py", str(port), settings={}) as process:
        soon(f"http://127.0.0.1:{port}/quick")
        yield process, f"http://127.0.0.1:{port}"


async def test_accepted_requests_are_finished_before_it_goes(
    slow_service: tuple[subprocess.Popen[str], str],
) -> None:
    process, url = slow_service
    async with httpx.AsyncClient() as client, client.stream("GET", f"{url}/quick"):
        pass
    async with httpx.AsyncClient(timeout=10) as client:
        asking = asyncio.create_task(client.get(f"{url}/slow"))
        await asyncio.sleep(0.3)
        process.terminate()
        answer = await asking
    assert answer.text == "finished"
    assert process.wait(10) == 0


async def test_whoever_still_comes_is_answered_and_told_to_go(
    slow_service: tuple[subprocess.Popen[str], str],
) -> None:
    process, url = slow_service
    async with httpx.AsyncClient(timeout=10) as client:
        assert "connection" not in (await client.get(f"{url}/quick")).headers
        process.terminate()
        await asyncio.sleep(0.1)
        late = await client.get(f"{url}/quick")
    assert (late.status_code, late.headers["connection"]) == (200, "close")
    assert process.wait(10) == 0


@pytest.mark.postgres
def test_care_serves_and_stops(own_database: Database) -> None:
    port, admin = free_port(), free_port()
    settings = {
        "DATABASE_URL": own_database.url_as("care_app"),
        "KEYRING_URL": own_database.url_as("keyring_writer"),
        "MASTER_KEY": DEVELOPMENT_MASTER_KEY,
        "ISSUERS": "http://127.0.0.1:1",
        "PORT": str(port),
        "ADMIN_PORT": str(admin),
        "LOG_FORMAT": "json",
    }
    with running("-m", "services.care", "api", settings=settings) as process:
        assert soon(f"http://127.0.0.1:{port}/readyz").json() == {"status": "ready"}
        assert soon(f"http://127.0.0.1:{admin}/readyz").json() == {"status": "ready"}
        assert "interlude_requests_total" in httpx.get(f"http://127.0.0.1:{admin}/metrics").text
        document = httpx.get(f"http://127.0.0.1:{port}/openapi.json").json()
        assert "/v1/sessions/{id}/starts" in document["paths"]
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes connections and says nothing: whoever starts by connecting to it never finishes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def port_of(server: socket.socket) -> int:
    port: int = server.getsockname()[1]
    return port


def care(database: str, **settings: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "KEYRING_URL": database.replace("care_app", "keyring_writer"),
        "MASTER_KEY": DEVELOPMENT_MASTER_KEY,
        "CHAIN_KEYS": CHAIN_KEYS,
        "BROKER_URL": "kafka://127.0.0.1:1",
        "ISSUERS": "http://127.0.0.1:1",
        "PORT": str(free_port()),
        **settings,
    }


@pytest.mark.parametrize("role", ["api", "follow"])
def test_asked_to_stop_while_it_still_starts_it_stops_well(
    silent: socket.socket, role: str
) -> None:
    settings = care(f"postgresql://care_app@127.0.0.1:{port_of(silent)}/interlude")
    with running("-m", "services.care", role, settings=settings) as process:
        met, _ = silent.accept()
        with met:
            process.terminate()
            assert process.wait(5) == 0


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("role", "setting"),
    [("api", "PORT"), ("api", "ADMIN_PORT"), ("follow", "ADMIN_PORT"), ("relay", "ADMIN_PORT")],
)
def test_a_port_that_is_taken_is_one_line_with_its_setting(
    own_database: Database, silent: socket.socket, role: str, setting: str
) -> None:
    settings = care(own_database.url_as("care_app"), **{setting: str(port_of(silent))})
    outcome = ended("-m", "services.care", role, **settings)
    assert outcome.stderr.splitlines() == [f"{setting}: another program has this port."]
    assert outcome.returncode == 1


@pytest.mark.postgres
def test_the_record_of_a_new_clinic_is_whole(own_database: Database) -> None:
    outcome = ended(
        "-m",
        "services.care",
        "store",
        "verify",
        "--store-only",
        DATABASE_URL=own_database.url_as("care_relay"),
        CHAIN_KEYS=CHAIN_KEYS,
    )
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("0 events in 0 streams, 0 to be published: whole.")


@pytest.mark.postgres
@pytest.mark.parametrize("service", SERVICES)
def test_migrating_twice_changes_nothing(own_database: Database, service: str) -> None:
    outcome = ended(
        "-m",
        f"services.{service}",
        "migrate",
        MIGRATION_DATABASE_URL=own_database.url_as(f"{service}_owner"),
    )
    assert outcome.returncode == 0
