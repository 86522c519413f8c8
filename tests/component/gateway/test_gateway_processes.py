"""The gateway's own processes: they start, answer, and stop well; a bad setting is named."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.ports import HOST, free_port, wait_until
from deploy.local.processes import without_the_master
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from libs.testing.databases import Database

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
SECONDS = 40.0


def settings(database: Database, role: str, **more: str) -> dict[str, str]:
    services = {f"{name}_URL": "http://127.0.0.1:9" for name in ("CARE", "ASSIGNMENT", "DIARY")}
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **services,
        "REVIEW_URL": "http://127.0.0.1:9",
        "DATABASE_URL": database.url_as(role),
        "KEYRING_URL": database.url_as("keyring_app"),
        "BROKER_URL": database.url_as("broker_app"),
        "MASTER_KEY": DEVELOPMENT_MASTER_KEY,
        **without_the_master(DEVELOPMENT_MASTER_KEY),
        "ISSUERS": "http://127.0.0.1:9/issuer",
        "DURABLE": "false",
        "LOG_FORMAT": "json",
        **more,
    }


@contextmanager
def running(role: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services.gateway", role],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def stopped(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(20)


def test_the_api_serves_graphql_and_stops_well(database: Database) -> None:
    port, admin = free_port(), free_port()
    environment = settings(database, "gateway_app", PORT=str(port), ADMIN_PORT=str(admin))
    with running("api", environment) as process:
        assert wait_until(lambda: is_ready(admin), seconds=SECONDS, every=0.1)
        base = f"http://127.0.0.1:{port}"
        asked = httpx.post(f"{base}/graphql", json={"query": "{ __typename }"})
        assert asked.json() == {"data": {"__typename": "Query"}}
        page = httpx.get(f"{base}/graphql", headers={"Accept": "text/html"})
        assert "https://" not in page.text
        script = httpx.get(f"{base}/graphql/static/graphiql.min.js")
        assert script.headers["content-encoding"] == "gzip"
        assert len(script.content) > 500_000
        assert httpx.get(f"{base}/graphql/static/..%2Findex.html").status_code == 404
        assert "interlude" in httpx.get(f"http://127.0.0.1:{admin}/metrics").text
        assert stopped(process) == 0


def test_the_projector_stands_by_and_stops_well(database: Database) -> None:
    admin = free_port()
    environment = settings(database, "gateway_projector", ADMIN_PORT=str(admin))
    with running("projector", environment) as process:
        assert wait_until(lambda: is_ready(admin), seconds=SECONDS, every=0.1)
        assert stopped(process) == 0


def test_the_analytics_role_stands_by_and_stops_well(database: Database) -> None:
    admin = free_port()
    environment = settings(database, "gateway_analytics", ADMIN_PORT=str(admin))
    with running("analytics", environment) as process:
        assert wait_until(lambda: is_ready(admin), seconds=SECONDS, every=0.1)
        assert stopped(process) == 0


def _analytics(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.gateway", "analytics", command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def test_an_operator_begins_an_epoch(database: Database) -> None:
    done = _analytics("rotate", settings(database, "gateway_analytics"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Epoch 2 has begun.")


@pytest.mark.parametrize("command", ["rotate", "retry"])
def test_without_a_store_an_operator_is_told_so_in_a_line(database: Database, command: str) -> None:
    nowhere = f"postgresql://gateway_analytics@{HOST}:{free_port()}/interlude"
    environment = settings(database, "gateway_analytics", DATABASE_URL=nowhere)
    done = _analytics(command, environment)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "the database does not answer" in done.stderr


def test_an_operators_slip_of_the_pen_does_nothing(database: Database) -> None:
    done = _analytics("rotat", settings(database, "gateway_analytics"))
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_asked_to_stop_while_it_still_starts_it_stops_well(database: Database) -> None:
    with socket.create_server((HOST, 0)) as silent:
        silent.settimeout(SECONDS)
        nowhere = f"postgresql://gateway_app@{HOST}:{silent.getsockname()[1]}/interlude"
        environment = settings(database, "gateway_app", PORT=str(free_port()), DATABASE_URL=nowhere)
        with running("api", environment) as process:
            met, _ = silent.accept()
            with met:
                assert stopped(process) == 0


@pytest.mark.parametrize("role", ["api", "projector", "analytics", "migrate"])
def test_a_missing_setting_is_named_and_stops_it(role: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.gateway", role],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"DATABASE_URL is missing." in done.stderr
    assert b"Traceback" not in done.stderr
