"""Each service is `libs/` and its own folder: it starts and stops where nothing else is."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from deploy.local.ports import answers, free_port, wait_until
from libs.testing.databases import Database

ROOT = Path(__file__).parents[2]
SERVICES = ("care", "assignment", "diary", "review")
SKIP = shutil.ignore_patterns("__pycache__")
STARTED_WITHIN_S = 30.0
STOPPED_WITHIN_S = 20.0


def alone(service: str, folder: Path) -> Path:
    shutil.copytree(ROOT / "libs", folder / "libs", ignore=SKIP)
    (folder / "services").mkdir()
    shutil.copy(ROOT / "services" / "__init__.py", folder / "services")
    shutil.copytree(ROOT / "services" / service, folder / "services" / service, ignore=SKIP)
    return folder


def environment(service: str, database: Database, port: int, admin_port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PROFILE": "local",
        "LOG_FORMAT": "json",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "ADMIN_PORT": str(admin_port),
        "DATABASE_URL": database.url_as(f"{service}_app"),
        "KEYRING_URL": database.url_as("keyring_app"),
        "MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        "ISSUERS": "http://127.0.0.1:1",
        "AUDIENCE": "interlude",
    }


@pytest.mark.postgres
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_serves_with_no_other_beside_it(
    service: str, tmp_path: Path, database: Database
) -> None:
    port, admin_port = free_port(), free_port()
    running = subprocess.Popen(
        [sys.executable, "-m", f"services.{service}", "api"],
        cwd=alone(service, tmp_path),
        env=environment(service, database, port, admin_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        ready = wait_until(
            lambda: answers(f"http://127.0.0.1:{admin_port}/readyz"), seconds=STARTED_WITHIN_S
        )
        assert ready, running.poll()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as alive:
            assert alive.status == 200
        running.send_signal(signal.SIGTERM)
        output, _ = running.communicate(timeout=STOPPED_WITHIN_S)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0, output


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_every_role_explains_itself(service: str) -> None:
    first = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    roles = ["projector"] if service == "gateway" else ["relay", "follow"]
    for role in ["api", "migrate", *roles]:
        assert role in first.stdout


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("libs.process.relaying", ("fastapi", "starlette", "sqlalchemy", "asyncpg")),
        ("libs.process.following", ("fastapi", "starlette", "strawberry")),
        ("services.assignment.ticking", ("fastapi", "starlette", "strawberry", "kafka")),
        ("services.assignment.__main__", ("fastapi", "starlette", "strawberry")),
        ("services.gateway.projections.everything", ("fastapi", "starlette", "strawberry")),
        ("services.assignment.domain.assignment", ("pydantic", "fastapi", "sqlalchemy")),
        ("services.review.domain.review", ("pydantic", "fastapi", "sqlalchemy")),
    ],
)
def test_what_a_room_does_not_need_is_not_even_loaded(
    module: str, unwanted: tuple[str, ...]
) -> None:
    loaded = f"import sys, {module}; print(*(name for name in {unwanted} if name in sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", loaded],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert found.stdout.split() == []
