"""Interlude's own processes, started one by one for a test, with what they write kept in files."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.ports import HOST, free_port, wait_until
from deploy.local.processes import PROCESSES, SERVICES, Process, without_the_master
from libs.process.keys import DEVELOPMENT_MASTER_KEY
from libs.testing.databases import Database

ROOT = Path(__file__).parents[2]
SECONDS = 60.0
"""For starting, on a machine that does other things as well."""


@dataclass(frozen=True, kw_only=True)
class Running:
    process: subprocess.Popen[bytes]
    log: Path
    port: int
    admin: int

    def readiness(self) -> tuple[int, Mapping[str, Any]]:
        """(0, {}) while it does not answer yet."""
        try:
            answer = httpx.get(f"http://{HOST}:{self.admin}/readyz", timeout=5)
        except httpx.TransportError:
            return 0, {}
        return answer.status_code, answer.json()

    @property
    def status(self) -> str:
        told: str = self.readiness()[1].get("status", "")
        return told

    def metrics(self) -> Sequence[Metric]:
        text = httpx.get(f"http://{HOST}:{self.admin}/metrics").text
        return [each for each in text_string_to_metric_families(text) if _is_ours(each.name)]

    def lines(self) -> Sequence[Mapping[str, Any]]:
        """What it logged, and the spans that it told."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def _is_ours(name: str) -> bool:
    return name.startswith("interlude_")


@dataclass(kw_only=True)
class Clinic:
    """One database, one broker, and the processes that a test has started on them."""

    database: Database
    broker_url: str
    folder: Path
    topic_prefix: str = ""
    issuer: str = "http://127.0.0.1:9/issuer"
    more: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, Running] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self, *names: str) -> None:
        """Returns at once."""
        for name in names:
            (process,) = [each for each in PROCESSES if each.name == name]
            self.running[name] = self._stack.enter_context(self._started(process))

    def is_ready(self, *names: str) -> bool:
        return all(self.running[name].status == "ready" for name in names or self.running)

    def await_ready(self, *names: str) -> None:
        ready = wait_until(lambda: self.is_ready(*names), seconds=SECONDS, every=0.1)
        assert ready, {name: each.readiness() for name, each in self.running.items()}

    def stop(self) -> None:
        self._stack.close()

    @contextmanager
    def _started(self, process: Process) -> Iterator[Running]:
        port, admin = free_port(), free_port()
        log = self.folder / f"{process.name}.log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                [sys.executable, *process.command],
                cwd=ROOT,
                env=self._environment(process, port, admin),
                stdout=output,
                stderr=output,
            )
        try:
            yield Running(process=child, log=log, port=port, admin=admin)
        finally:
            child.kill()
            child.wait()

    def _environment(self, process: Process, port: int, admin: int) -> Mapping[str, str]:
        everything = {
            "LOG_FORMAT": "json",
            "ADMIN_PORT": str(admin),
            "PORT": str(port),
            "DATABASE_URL": self.database.url_as(process.database_role),
            "KEYRING_URL": self.database.url_as(process.keyring_role),
            "BROKER_URL": self.broker_of(process),
            "TOPIC_PREFIX": self.topic_prefix,
            "ISSUERS": self.issuer,
            "MASTER_KEY": DEVELOPMENT_MASTER_KEY,
            **without_the_master(DEVELOPMENT_MASTER_KEY),
            **{f"{name.upper()}_URL": self._url_of(name) for name in SERVICES},
        }
        return {
            "PATH": os.environ["PATH"],
            "DURABLE": "false",
            **{name: value for name, value in everything.items() if name in process.needs},
            **self.more,
        }

    def broker_of(self, process: Process) -> str:  # noqa: ARG002 - a clinic whose broker asks who comes
        return self.broker_url

    def _url_of(self, service: str) -> str:
        """Nobody listens on port 9."""
        started = self.running.get(f"{service}-api")
        return f"http://{HOST}:{started.port if started else 9}"


@contextmanager
def issuing(folder: Path) -> Iterator[str]:
    """The development issuer, which hands a token to whoever asks."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    settings = {"PROFILE": "local", "ISSUER": url, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-m", "deploy.local.issuer"],
        cwd=ROOT,
        env={**settings, "KEY_FILE": str(folder / "issuer.pem")},
    ) as issuer:
        try:
            assert wait_until(lambda: _answers(f"{url}/readyz"), seconds=SECONDS)
            yield url
        finally:
            issuer.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
