"""A whole Interlude under the hands of a campaign: each process, server and link by its name."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from deploy.local import child, migrations
from deploy.local.issuer import Issuer, kept_key
from deploy.local.ports import answers, free_port, wait_until
from deploy.local.postgres import temporary_place
from deploy.local.processes import PROCESSES, SERVICES, Place, Process, without_the_master
from libs.testing.databases import Database, Server
from tests.bench.stage import ROOT
from tests.faults.member import Member, all_ready
from tests.faults.servers import Kafka, PostgresServer, small_file_system, unmounted
from tests.system.running import free_ports

MASTER = base64.b64encode(bytes(range(32))).decode()
AUDIENCE = "interlude"
SESSION = 6
"""Seconds after which a silent reader loses its partitions: a campaign has not all day."""

PARTITIONS = 3
_DISK_MB = 700


@dataclass(kw_only=True)
class Ground:
    """What outlives many worlds: the servers and the issuer."""

    folder: Path
    postgres: PostgresServer
    kafka: Kafka
    issuer: Issuer
    small_disk: bool

    @property
    def server(self) -> Server:
        return Server(self.postgres.url)


@contextmanager
def ground(*, small_disk: bool = False) -> Iterator[Ground]:
    """Started, and gone afterwards. `small_disk` puts PostgreSQL on a file system of 700 MB."""
    folder = temporary_place()
    folder.chmod(0o755)
    disk = folder / "disk"
    mounted = small_disk and small_file_system(disk, _DISK_MB)
    disk.mkdir(exist_ok=True)
    disk.chmod(0o755)
    postgres = PostgresServer(disk / "postgres")
    kafka = Kafka(folder / "kafka")
    try:
        postgres.start()
        kafka.start()
        with _issuing(folder) as issuer:
            yield Ground(
                folder=folder, postgres=postgres, kafka=kafka, issuer=issuer, small_disk=mounted
            )
    finally:
        kafka.kill()
        postgres.kill()
        if mounted:
            unmounted(disk)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _issuing(folder: Path) -> Iterator[Issuer]:
    port = free_port()
    key = folder / "issuer.pem"
    issuer = Issuer(f"http://127.0.0.1:{port}", AUDIENCE, kept_key(key))
    settings = {
        "PROFILE": "local",
        "ISSUER": issuer.url,
        "AUDIENCE": AUDIENCE,
        "KEY_FILE": str(key),
        "PORT": str(port),
    }
    process = subprocess.Popen(
        child.argv([sys.executable, "-m", "deploy.local.issuer"]), cwd=ROOT, env=settings
    )
    try:
        assert wait_until(lambda: answers(f"{issuer.url}/readyz"), seconds=40)
        yield issuer
    finally:
        process.terminate()
        process.wait(20)


@dataclass(kw_only=True)
class World:
    """One database, one prefix of topics, and the processes that share them."""

    ground: Ground
    place: Place
    database: Database
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.ground.folder / self.database.name

    @property
    def broker(self) -> str:
        return self.place.broker_url

    def topic(self, service: str) -> str:
        return f"{self.place.topic_prefix}interlude.{service}.events.v1"

    def url(self, service: str) -> str:
        return self.place.url_of(service)

    def start(self) -> None:
        for member in self.members.values():
            member.start()
        all_ready(list(self.members.values()))

    def stop(self) -> None:
        for member in self.members.values():
            member.kill()

    def another(self, name: str) -> Member:
        """A second process of the same kind, which only has an admin port of its own."""
        first = self.members[name]
        twin = replace(
            first,
            name=f"{name}-2",
            settings={**first.settings, "ADMIN_PORT": str(free_port())},
            log=first.log.with_name(f"{name}-2.log"),
        )
        self.members[twin.name] = twin
        return twin

    def without(self, name: str) -> None:
        self.members.pop(name).kill()

    def operate(self, service: str, *words: str, **also: str) -> subprocess.CompletedProcess[str]:
        """An operator's command, as the relay's role."""
        place = self.place
        settings = {
            "DATABASE_URL": place.url_as(f"{service}_relay"),
            "MIGRATION_DATABASE_URL": place.url_as(f"{service}_owner"),
            "BROKER_URL": place.broker_url,
            "TOPIC_PREFIX": place.topic_prefix,
            "PARTITIONS": str(PARTITIONS),
            **without_the_master(place.master_key),
            **also,
        }
        return subprocess.run(
            [sys.executable, "-m", f"services.{service}", *words],
            cwd=ROOT,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def arm(self, member: str, point: str) -> None:
        """From now on the process dies the next time it comes to that point."""
        self._trigger(member, point).touch()

    def disarm(self) -> None:
        for trigger in self.folder.glob("*.armed"):
            trigger.unlink()

    def _trigger(self, member: str, point: str) -> Path:
        return self.folder / f"{member}.{point}.armed"


@contextmanager
def world(on: Ground, planted: Mapping[str, str] | None = None) -> Iterator[World]:
    """All processes ready. `planted` are bugs by the process that has them."""
    with ExitStack() as stack:
        database = stack.enter_context(_database(on))
        prefix = f"f{uuid4().hex[:10]}."
        place = Place(
            ports=free_ports(),
            url_as=database.url_as,
            broker_url=f"kafka://127.0.0.1:{on.kafka.port}?session={SESSION}",
            issuer=on.issuer.url,
            audience=AUDIENCE,
            master_key=MASTER,
            topic_prefix=prefix,
        )
        whole = World(ground=on, place=place, database=database)
        whole.folder.mkdir()
        whole.members = {each.name: _member(whole, each, planted or {}) for each in PROCESSES}
        stack.callback(whole.stop)
        whole.start()
        yield whole


@contextmanager
def _database(on: Ground) -> Iterator[Database]:
    """Nobody keeps a connection meanwhile: the server will be killed."""
    made = on.server.of(f"world_{uuid4().hex[:12]}")
    _administer(on, SQL("CREATE DATABASE {}").format(Identifier(made.name)))
    migrations.apply_roles(made.url)
    migrations.migrate_all(made.url_as)
    try:
        yield made
    finally:
        on.postgres.start()
        _administer(on, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(made.name)))


def _administer(on: Ground, statement: Composed) -> None:
    with psycopg.connect(on.server.url, autocommit=True) as admin:
        admin.execute(statement)


def _member(whole: World, process: Process, planted: Mapping[str, str]) -> Member:
    return Member(
        name=process.name,
        module=f"services.{process.service}",
        role=process.role,
        settings={
            **whole.place.environment(process),
            "PARTITIONS": str(PARTITIONS),
            "FAULTS_FOLDER": str(whole.folder),
            "FAULTS_MEMBER": process.name,
            "FAULTS_PLANTED": planted.get(process.name, ""),
        },
        log=whole.folder / f"{process.name}.log",
        patient=process.patient,
    )


__all__ = ["SERVICES", "Ground", "World", "ground", "world"]
