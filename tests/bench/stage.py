"""What a measurement needs: a PostgreSQL, servers as processes of their own, homework to rate."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psycopg

from deploy.local import migrations
from deploy.local.issuer import Issuer, kept_key
from deploy.local.people import CLINIC, PEOPLE
from deploy.local.ports import answers, free_port, wait_until
from deploy.local.postgres import Postgres, temporary_place
from libs.eventstore.pool import open_pool
from libs.privacy.keyring import PostgresKeyring
from libs.privacy.keys import WrappingKey
from libs.process.keys import derived, master_key
from libs.testing.databases import Database, Server
from tests.bench.load import LOOPBACK, Figures

ROOT = Path(__file__).parents[2]
MASTER = base64.b64encode(bytes(range(32))).decode()
AUDIENCE = "interlude"
THERAPIST = PEOPLE["therapist"].id
PATIENT = PEOPLE["patient"].id
_STARTED_WITHIN_S = 40.0
_STOPPED_WITHIN_S = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    folder: Path
    server: Server
    database: Database
    issuer: Issuer

    def token(self, name: str) -> str:
        return self.issuer.token(name, now=time.time())


@contextmanager
def stage() -> Iterator[Stage]:
    """PostgreSQL with every schema at head, and an issuer; all gone afterwards."""
    folder = temporary_place()
    postgres = Postgres(folder=folder / "postgres", port=free_port())
    try:
        folder.chmod(0o755)
        with postgres.running(), ExitStack() as stack:
            server = Server(postgres.url())
            database = made(server, "interlude")
            migrations.apply_roles(database.url)
            migrations.migrate_all(database.url_as)
            port = free_port()
            issuer = Issuer(f"http://{LOOPBACK}:{port}", AUDIENCE, kept_key(folder / "issuer.pem"))
            stack.enter_context(_issuing(issuer, port, folder))
            where = Stage(folder=folder, server=server, database=database, issuer=issuer)
            _acquaint(where)
            yield where
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def made(server: Server, name: str) -> Database:
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    return server.of(name)


@contextmanager
def process(
    argv: Sequence[str], environment: Mapping[str, str], *, ready: str, log: Path
) -> Iterator[None]:
    """Up when `ready` answers 200, stopped by SIGTERM."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, *argv],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=output,
            stderr=output,
        )
    try:
        if not wait_until(lambda: answers(ready), seconds=_STARTED_WITHIN_S):
            raise RuntimeError(f"{argv} did not start: {log.read_text()[-2000:]}")
        yield
    finally:
        end(running, within=_STOPPED_WITHIN_S)


def end(running: "subprocess.Popen[bytes]", *, within: float) -> None:
    """Asked to first; after so many seconds it has no choice."""
    running.terminate()
    try:
        running.wait(within)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


@contextmanager
def _issuing(issuer: Issuer, port: int, folder: Path) -> Iterator[None]:
    environment = {
        "PROFILE": "local",
        "ISSUER": issuer.url,
        "AUDIENCE": AUDIENCE,
        "KEY_FILE": str(folder / "issuer.pem"),
        "PORT": str(port),
    }
    with process(
        ["-m", "deploy.local.issuer"],
        environment,
        ready=f"{issuer.url}/readyz",
        log=folder / "issuer.log",
    ):
        yield


@contextmanager
def assignment_api(where: Stage) -> Iterator[int]:
    """The assignment service's API as `make run` starts it, and nothing else beside it."""
    port = free_port()
    with role(
        where,
        "assignment",
        "api",
        PORT=str(port),
        DATABASE_URL=where.database.url_as("assignment_app"),
        KEYRING_URL=where.database.url_as("keyring_app"),
        MASTER_KEY=MASTER,
        ISSUERS=where.issuer.url,
        AUDIENCE=AUDIENCE,
    ):
        yield port


@contextmanager
def role(where: Stage, service: str, name: str, **settings: str) -> Iterator[None]:
    """A process of the product, from ready to stopped."""
    admin = free_port()
    environment = {
        "PROFILE": "local",
        "LOG_FORMAT": "json",
        "HOST": LOOPBACK,
        "ADMIN_PORT": str(admin),
        **settings,
    }
    with process(
        ["-m", f"services.{service}", name],
        environment,
        ready=f"http://{LOOPBACK}:{admin}/readyz",
        log=where.folder / f"{service}-{name}.log",
    ):
        yield


def _acquaint(where: Stage) -> None:
    """The assignment service knows that the therapist treats the patient, whose keys exist."""
    with psycopg.connect(where.database.url) as admin:
        admin.execute("SET search_path = assignment")
        admin.execute(
            "INSERT INTO known_people (tenant_id, person_id, kind, zone, locale)"
            " VALUES (%s, %s, 'patient', 'Europe/London', 'en-GB')",
            [CLINIC, PATIENT],
        )
        admin.execute(
            "INSERT INTO known_relationships"
            " (tenant_id, relationship_id, patient_id, therapist_id, began_at)"
            " VALUES (%s, %s, %s, %s, now() - interval '1 year')",
            [CLINIC, uuid4(), PATIENT, THERAPIST],
        )
    asyncio.run(_make_keys(where))


async def _make_keys(where: Stage) -> None:
    async with keyring(where) as keys:
        await keys.create_subject(CLINIC, PATIENT)


@asynccontextmanager
async def keyring(where: Stage) -> AsyncIterator[PostgresKeyring]:
    """As care has it: it makes keys."""
    pool = await open_pool(
        where.database.url_as("keyring_writer"), size=1, application="bench", durable=True
    )
    try:
        wrapper = WrappingKey(derived(master_key(MASTER), "keyring"), nonce=os.urandom)
        yield PostgresKeyring(pool, {1: wrapper}, chance=os.urandom)
    finally:
        await pool.close()


def headers(where: Stage) -> dict[str, str]:
    return {"Authorization": f"Bearer {where.token('therapist')}"}


def give_homework(where: Stage, port: int, count: int) -> list[UUID]:
    with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", headers=headers(where)) as http:
        return [_given(http) for _ in range(count)]


def _given(http: httpx.Client) -> UUID:
    answer = http.post(
        "/v1/homework",
        json={"patient_id": str(PATIENT), "title": "Conversations with 4 people"},
        headers={"Idempotency-Key": uuid4().hex},
    )
    answer.raise_for_status()
    return UUID(answer.json()["id"])


def loaded(
    port: int,
    paths: Sequence[str],
    body: str,
    said: Mapping[str, str],
    *,
    connections: int,
    seconds: float,
) -> Figures:
    """From a process of its own, so that making the load does not slow down what takes it."""
    job = {
        "port": port,
        "paths": list(paths),
        "body": body,
        "headers": dict(said),
        "connections": connections,
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        cwd=ROOT,
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    return Figures(**json.loads(done.stdout))
