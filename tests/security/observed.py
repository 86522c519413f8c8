"""An Interlude that is given secrets, writes down all it does, and is looked at from every side:
its PostgreSQL asks for passwords, its processes print each request and each span.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier, Literal

from deploy.local.database import Target
from deploy.local.issuer import Issuer, kept_key
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres
from deploy.local.processes import for_auditors, without_the_master
from deploy.local.run_info import RunInfo
from libs.process.keys import master_key, wrapping
from tests.security.clinics import Clinic
from tests.security.commands import rows
from tests.security.refusals import Refusing
from tests.security.sowing import Sower
from tests.security.sweeping import overheard
from tests.security.texts import Planting
from tests.system.looking import settle
from tests.system.running import ROOT, Interlude

_LOGGED = {
    "log_statement": "all",
    "log_min_error_statement": "error",
    "log_error_verbosity": "default",
}
"""As somebody else's server may be set: every statement with its parameters, done or failed."""

_NOBODY_UNASKED = "host all all 127.0.0.1/32 scram-sha-256\n"
DATABASE_ROLES = (
    *(f"{service}_{role}" for service in ("care", "assignment", "diary", "review")
      for role in ("app", "relay", "follow", "auditor", "owner")),
    "assignment_clock",
    "gateway_app", "gateway_projector", "gateway_analytics", "gateway_auditor",
    "gateway_owner",
    "keyring_app", "keyring_writer", "keyring_rotator",
)  # fmt: skip


LOOKS = (
    "care follow status --json",
    "assignment follow parked",
    "diary follow retry",
    "review store verify",
    "assignment store verify",
    "care republish",
    "care audit verify",
    "gateway audit verify",
    "gateway projector status",
    "gateway projector parked --json",
    "gateway projector retry",
    "gateway projector verify assignment",
    "gateway analytics retry",
)
"""What an operator may run at any time, and looks at."""

Shown = Callable[[str], "subprocess.CompletedProcess[str]"]


class Talkative(Interlude):
    """On a PostgreSQL that somebody else has started."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, "kafka")
        self._database = database

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "DATABASE_URL": self._database,
            "ACCESS_LOG": "true",
            "OTEL_TRACES_EXPORTER": "console",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """`refused` with what was wrong; `at_work` is what PostgreSQL was seen doing meanwhile."""

    run: RunInfo
    folder: Path
    interlude: Talkative
    postgres: Postgres
    secrets: Mapping[str, str]
    planting: Planting
    sower: Sower
    refused: Sequence[tuple[str, httpx.Response]]
    said_on_sockets: Sequence[object]
    at_work: set[str]

    def command_lines(self) -> Mapping[int, str]:
        """Of all processes that `make run` has started, and of those that they have."""
        pid = self.interlude.var.running_pid()
        assert pid is not None
        family = psutil.Process(pid)
        return {
            each.pid: " ".join(each.cmdline())
            for each in (family, *family.children(recursive=True))
        }

    def operated(
        self, line: str, *, password: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """A command, as whom and with what `openapi/access.md` says; or with another `password`."""
        name = next(known for known in sorted(rows(), reverse=True) if line.startswith(known))
        role, *others = rows()[name].database_roles
        master = self.secrets["master key"]
        target, known = Target(self.run.database, master), self.secrets[role]
        told = {
            "DATABASE_URL": target.url_as(role).replace(known, password or known),
            "MIGRATION_DATABASE_URL": target.url_as(others[0]) if others else "",
            **without_the_master(master),
            **for_auditors(master),
            "BROKER_URL": self.run.broker,
        }
        service, *words = line.split()
        needed = {each: told[each] for each in rows()[name].must_be_given}
        return subprocess.run(
            [sys.executable, "-m", f"services.{service}", *words],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LOG_FORMAT": "json", **needed},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@contextmanager
def observed(folder: Path) -> Iterator[Observed]:
    """Everything has been written and refused once, and nothing moves any more."""
    server = Postgres(folder=folder / "postgres", port=free_port())
    with server.running():
        url = _with_a_password(server)
        interlude = Talkative(folder / "interlude", url)
        run = interlude.start()
        try:
            yield _told(run, folder, interlude, server)
        finally:
            ended = interlude.stop()
    assert (ended.status, ended.left) == (0, []), ended.output


def _with_a_password(server: Postgres) -> str:
    """The superuser's address; from now on nobody is let in without one."""
    password = secrets.token_hex(16)
    with psycopg.connect(server.url(), autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE interlude")
        for setting, value in _LOGGED.items():
            superuser.execute(
                SQL("ALTER DATABASE interlude SET {} = {}").format(Identifier(setting), value)
            )
        superuser.execute(SQL("ALTER ROLE postgres PASSWORD {}").format(Literal(password)))
        (server.data / "pg_hba.conf").write_text(_NOBODY_UNASKED)
        superuser.execute("SELECT pg_reload_conf()")
    return server.url(database="interlude").replace("postgres@", f"postgres:{password}@")


def _told(run: RunInfo, folder: Path, interlude: Talkative, server: Postgres) -> Observed:
    issuer = Issuer(run.issuer, "interlude", kept_key(interlude.var.issuer_key))
    clinic, planting = Clinic(run, issuer), Planting()
    with httpx.Client(timeout=30) as http, overheard(run.database) as at_work:
        things = dict(clinic.patient("patient", "therapist", "supervisor"))
        sower = Sower(clinic=clinic, things=things, planting=planting, http=http)
        sower.sow()
        refusing = Refusing(clinic=clinic, things=things, planting=planting, http=http)
        refused = list(refusing.answers())
        said = list(refusing.over_a_socket())
        settle(run)
    return Observed(
        run=run,
        folder=folder,
        interlude=interlude,
        postgres=server,
        secrets=_secrets(run, interlude),
        planting=planting,
        sower=sower,
        refused=refused,
        said_on_sockets=said,
        at_work=at_work,
    )


def _secrets(run: RunInfo, interlude: Talkative) -> Mapping[str, str]:
    """By what each is: all that lets somebody in or opens something."""
    master = interlude.var.master_key()
    target = Target(run.database, master)
    passwords = {role: _password(target.url_as(role)) for role in DATABASE_ROLES}
    wraps = wrapping(master_key(master)).written().removeprefix("1:")
    return {
        "master key": master,
        "what wraps keys": wraps,
        "what signs passes": without_the_master(master)["PASS_KEYS"].removeprefix("gateway:"),
        "superuser": _password(run.database),
        **passwords,
    }


def _password(url: str) -> str:
    return str(conninfo_to_dict(url)["password"])
