"""Keycloak without Maven: its one zip by jgo, checked by its hash, and unpacked.

KeycloakUnavailable
"""

import logging
import queue
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from jgo.maven import MavenContext

from deploy.local.fetching import ROOT, Folder, default_cache, is_whole
from deploy.local.trouble import Trouble

LIST = ROOT / "deploy" / "keycloak" / "dist.txt"

_WITHOUT = "without one, leave IDENTITY out: the development issuer needs nothing."
_EVERY = 0.5
"""Seconds between two words about how far it is."""

Progress = Callable[[int, int], None]


class KeycloakUnavailable(Trouble):
    """Why there can be no Keycloak here, and what to do about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @property
    def home(self) -> str:
        """The folder that the zip holds."""
        return f"keycloak-{self.version}"

    def place(self, cache: Path) -> Path:
        folder = cache / self.group.replace(".", "/") / self.artifact / self.version
        return folder / f"{self.artifact}-{self.version}.zip"


def wanted() -> Wanted:
    (line,) = [line for line in LIST.read_text().splitlines() if not line.startswith("#")]
    coordinate, sha256, size = line.split()
    group, artifact, version = coordinate.split(":")
    return Wanted(group=group, artifact=artifact, version=version, sha256=sha256, size=int(size))


def unpacked(
    into: Path, *, cache: Path | None = None, timeout: float, progress: Progress | None = None
) -> Path:
    """Keycloak's home in `into`, fetched (160 MB, once) and unpacked when it is not there yet.

    `timeout` in seconds bounds the fetching; `progress` is told how many bytes of how many.
    """
    home = into / wanted().home
    if not home.exists():
        zipped = _fetched(cache or default_cache(), time.monotonic() + timeout, progress)
        _unpack(zipped, home)
    return home


def _unpack(zipped: Path, home: Path) -> None:
    """Whole or not at all."""
    draft = home.with_name(".unpacking")
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(draft)
    (draft / home.name).rename(home)
    draft.rmdir()


def _fetched(cache: Path, deadline: float, progress: Progress | None) -> Path:
    zipped = wanted().place(cache)
    folder = Folder(path=cache, what="Keycloak", unavailable=KeycloakUnavailable)
    with folder.alone(deadline):
        if not is_whole(zipped, wanted().sha256):
            zipped.unlink(missing_ok=True)  # cut short earlier; jgo would trust it
            _fetch(cache, deadline, progress)
            _must_be_the_one(zipped)
    return zipped


def _must_be_the_one(zipped: Path) -> None:
    if is_whole(zipped, wanted().sha256):
        return
    zipped.unlink(missing_ok=True)
    raise KeycloakUnavailable(
        f"The {zipped.name} that was fetched is not the one in deploy/keycloak/dist.txt: its"
        " SHA-256 differs. Try again; if it stays so, don't trust where it comes from."
    )


def _fetch(cache: Path, deadline: float, progress: Progress | None) -> None:
    """A daemon thread, because a transfer that hangs must not keep the process from giving up."""
    logging.getLogger("jgo").setLevel(logging.ERROR)  # its warnings about sums: ours are stricter
    done: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    Thread(target=_transfer, args=(cache, done), daemon=True).start()
    while time.monotonic() < deadline:
        try:
            trouble = done.get(timeout=_EVERY)
        except queue.Empty:
            _tell(wanted().place(cache), progress)
            continue
        if trouble is None:
            return
        raise KeycloakUnavailable(
            f"Keycloak cannot be fetched ({type(trouble).__name__}). With a network, try again; "
            + _WITHOUT
        ) from trouble
    raise KeycloakUnavailable(
        "Keycloak (160 MB) did not arrive in time. With a faster network, try again; " + _WITHOUT
    )


def _transfer(cache: Path, done: "queue.SimpleQueue[Exception | None]") -> None:
    try:
        maven = MavenContext(repo_cache=cache, timeout=20)
        project = maven.project(wanted().group, wanted().artifact)
        project.at_version(wanted().version).artifact(packaging="zip").resolve()
    except Exception as trouble:  # noqa: BLE001 - handed to the thread that waits
        done.put(trouble)
    else:
        done.put(None)


def _tell(zipped: Path, progress: Progress | None) -> None:
    if progress and zipped.exists():
        progress(zipped.stat().st_size, wanted().size)
