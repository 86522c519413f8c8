"""Traces go to a collector where one is named, and one that is away costs nobody anything."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from deploy.local.ports import HOST, free_port, wait_until
from libs.testing.databases import Database
from tests.component.started import ROOT, SECONDS, Clinic

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@contextmanager
def collecting(received: list[tuple[str, bytes]]) -> Iterator[str]:
    """What a collector is sent, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOST}:{server.server_port}"
        server.shutdown()


@contextmanager
def gateway(database: Database, folder: Path, collector: str) -> Iterator[Clinic]:
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"}
    broker = database.url_as("broker_app")
    clinic = Clinic(database=database, broker_url=broker, folder=folder, more=settings)
    clinic.start("gateway-api")
    try:
        clinic.await_ready()
        yield clinic
    finally:
        clinic.stop()


def asked(clinic: Clinic) -> httpx.Response:
    url = f"http://{HOST}:{clinic.running['gateway-api'].port}/graphql"
    return httpx.post(url, json={"query": "{ __typename }"})


def stopped(clinic: Clinic) -> int:
    process = clinic.running["gateway-api"].process
    process.send_signal(signal.SIGTERM)
    return process.wait(20)


def test_a_collector_is_sent_the_spans_at_the_latest_when_the_process_stops(
    database: Database, tmp_path: Path
) -> None:
    received: list[tuple[str, bytes]] = []
    with collecting(received) as collector, gateway(database, tmp_path, collector) as clinic:
        assert asked(clinic).status_code == 200
        assert stopped(clinic) == 0
    assert wait_until(lambda: bool(received), seconds=SECONDS)
    paths, bodies = zip(*received, strict=True)
    assert set(paths) == {"/v1/traces"}
    assert b"POST /graphql" in b"".join(bodies)


def test_a_collector_that_is_away_harms_nothing(database: Database, tmp_path: Path) -> None:
    nowhere = f"http://{HOST}:{free_port()}"
    with gateway(database, tmp_path, nowhere) as clinic:
        assert asked(clinic).status_code == 200
        assert stopped(clinic) == 0


def test_an_address_that_cannot_be_one_is_named_and_stops_it() -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "services.care", "relay"],
        cwd=ROOT,
        env={
            "DATABASE_URL": "postgresql://care_relay@127.0.0.1:1/interlude",
            "BROKER_URL": "kafka://127.0.0.1:1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "ftp://marmalade",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 2
    assert outcome.stderr == (
        "OTEL_EXPORTER_OTLP_ENDPOINT is not usable: this takes http://host:port of a collector"
        " that speaks OTLP.\n"
    )
