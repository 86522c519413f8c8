"""A database of one's own for every test module, copied from a template in a few milliseconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

_PREFIX = "interlude_template_"


@dataclass(frozen=True, slots=True)
class Server:
    """`url` is a superuser's, of the database that is only used to make others."""

    url: str

    def of(self, database: str) -> "Database":
        return Database(server=self, name=database)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    server: Server
    name: str

    @property
    def url(self) -> str:
        """The superuser's, whom no policy holds: for arranging and looking, not for the code under
        test.
        """
        return self.url_as(None)

    def url_as(self, role: str | None) -> str:
        """`care_app`, `care_relay`, `gateway_projector`…; on loopback no password is asked."""
        told = conninfo_to_dict(self.server.url)
        who = role or told.get("user", "postgres")
        secret = f":{told['password']}" if role is None and "password" in told else ""
        place = f"{told.get('host', '127.0.0.1')}:{told.get('port', 5432)}"
        return f"postgresql://{who}{secret}@{place}/{self.name}"


@contextmanager
def template(server: Server, name: str, build: Callable[[Database], None]) -> Iterator[str]:
    """The template of this name, built by whoever comes first; it stays for the next run.

    The name says what is in it (a digest). Templates that nobody holds any more are dropped, so
    that a server which serves many runs keeps one.
    """
    wanted = _PREFIX + name
    with psycopg.connect(server.url, autocommit=True) as admin:
        # Two locks: who looks must not wait for those who use it, for they do so for a whole run.
        _hold(admin, _looking(wanted), alone=True)
        _hold(admin, wanted, alone=False)
        if not _exists(admin, wanted):
            _build(admin, server, wanted, build)
        _drop_unused(admin, wanted)
        _let_go(admin, _looking(wanted))
        yield wanted


@contextmanager
def fresh(server: Server, template_name: str) -> Iterator[Database]:
    """Dropped at the end, whoever is still connected.

    Rights on the database itself are not copied with the template: every role may connect.
    """
    name = f"interlude_test_{uuid4().hex}"
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(
            SQL("CREATE DATABASE {} TEMPLATE {}").format(
                Identifier(name), Identifier(template_name)
            )
        )
        try:
            yield server.of(name)
        finally:
            _drop(admin, name)


def _build(
    admin: psycopg.Connection, server: Server, name: str, build: Callable[[Database], None]
) -> None:
    # Under another name until it is whole: an interrupted build must not pass for a template.
    draft = f"{name}_{uuid4().hex[:8]}"
    admin.execute(SQL("CREATE DATABASE {}").format(Identifier(draft)))
    try:
        build(server.of(draft))
        admin.execute(
            SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(draft), Identifier(name))
        )
    finally:
        _drop(admin, draft)


def _drop_unused(admin: psycopg.Connection, ours: str) -> None:
    rows = admin.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX]
    ).fetchall()
    for (name,) in rows:
        whole = name[: len(ours)]
        if whole != ours and _try_alone(admin, whole):
            _drop(admin, name)
            _let_go(admin, whole)


def _looking(name: str) -> str:
    return f"{name}/looking"


def _exists(admin: psycopg.Connection, name: str) -> bool:
    found = admin.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _hold(admin: psycopg.Connection, name: str, *, alone: bool) -> None:
    lock = "pg_advisory_lock" if alone else "pg_advisory_lock_shared"
    admin.execute(SQL("SELECT {}(hashtextextended(%s, 0))").format(Identifier(lock)), [name])


def _try_alone(admin: psycopg.Connection, name: str) -> bool:
    row = admin.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name]).fetchone()
    return row is not None and bool(row[0])


def _let_go(admin: psycopg.Connection, name: str) -> None:
    admin.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
